import {
  DescribeManagedPrefixListsCommand,
  paginateDescribeSecurityGroupRules,
  type SecurityGroup,
  type SecurityGroupRule,
} from "@aws-sdk/client-ec2";
import { functionTypes } from "../../lib/naming";
import { findEndpoints, findNatGateways, findSecurityGroups } from "./lookups";
import { aws, collect, environmentSuffix, only, region } from "./stack";

let groups: SecurityGroup[];
let rules: SecurityGroupRule[];
let hasNat: boolean;
let hasInterfaceEndpoints: boolean;
let s3PrefixListId: string | undefined;

beforeAll(async () => {
  groups = await findSecurityGroups();
  const ofGroups = { Name: "group-id", Values: groups.map(({ GroupId = "" }) => GroupId) };
  rules = await collect(
    paginateDescribeSecurityGroupRules({ client: aws.ec2 }, { Filters: [ofGroups] }),
    (page) => page.SecurityGroupRules,
  );
  hasNat = (await findNatGateways()).length > 0;
  hasInterfaceEndpoints = (await findEndpoints()).some(({ VpcEndpointType }) => VpcEndpointType === "Interface");
  const ofS3 = { Name: "prefix-list-name", Values: [`com.amazonaws.${region}.s3`] };
  const { PrefixLists } = await aws.ec2.send(new DescribeManagedPrefixListsCommand({ Filters: [ofS3] }));
  s3PrefixListId = only(PrefixLists, "prefix list of S3").PrefixListId;
});

/** A group's name without the environment's suffix. */
const groupName = (id: string | undefined) =>
  groups.find(({ GroupId }) => GroupId === id)?.GroupName?.replace(new RegExp(`-${environmentSuffix}$`), "") ??
  `unknown ${id ?? ""}`;

const peer = ({ CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupInfo }: SecurityGroupRule) =>
  CidrIpv4 ??
  CidrIpv6 ??
  (PrefixListId === s3PrefixListId ? "S3" : PrefixListId) ??
  groupName(ReferencedGroupInfo?.GroupId);

/** `redis < analytics tcp 6379`: who lets whom in, or out where the arrow points away. */
const describeRule = (rule: SecurityGroupRule) => {
  const { FromPort, GroupId, IpProtocol, IsEgress, ToPort } = rule;
  const ports = FromPort === ToPort ? String(FromPort) : `${FromPort ?? ""}-${ToPort ?? ""}`;
  return `${groupName(GroupId)} ${IsEgress ? ">" : "<"} ${peer(rule)} ${IpProtocol ?? ""} ${ports}`;
};

const clients = ["analytics", ...functionTypes];
const redisClients = ["analytics", "records-operations", "records-service", "redis-rotation"];
const databaseClients = ["analytics", "database-rotation", "records-operations", "records-service", "schema-migration"];

test("are the platform's and the VPC's default, which is empty", () => {
  const expected = [...clients, "rds-postgres", "redis", "default", ...(hasInterfaceEndpoints ? ["endpoints"] : [])];
  expect(groups.map(({ GroupId }) => groupName(GroupId)).sort()).toEqual(expected.sort());
  expect(groups.filter(({ GroupName }) => GroupName === "default")).toMatchObject([
    { IpPermissions: [], IpPermissionsEgress: [] },
  ]);
});

test("let each client reach the data stores that it uses, and nobody else", () => {
  const redis = redisClients.flatMap((name) => [`redis < ${name} tcp 6379`, `${name} > redis tcp 6379`]);
  const postgres = databaseClients.flatMap((name) => [
    `rds-postgres < ${name} tcp 5432`,
    `${name} > rds-postgres tcp 5432`,
  ]);
  const endpoints = clients.flatMap((name) =>
    hasInterfaceEndpoints ? [`endpoints < ${name} tcp 443`, `${name} > endpoints tcp 443`] : [],
  );
  const internet = clients.flatMap((name) => (hasNat ? [`${name} > 0.0.0.0/0 tcp 443`] : []));
  const s3 = "analytics > S3 tcp 443";
  expect(rules.map(describeRule).sort()).toEqual([...redis, ...postgres, ...endpoints, ...internet, s3].sort());
});

test("admit no address to Redis or PostgreSQL, nor to anything else", () => {
  const permissions = groups.flatMap(({ IpPermissions = [] }) => IpPermissions);
  expect(permissions.length).toBeGreaterThanOrEqual(2);
  expect(
    permissions.flatMap(({ IpRanges = [], Ipv6Ranges = [], PrefixListIds = [] }) => [
      ...IpRanges,
      ...Ipv6Ranges,
      ...PrefixListIds,
    ]),
  ).toEqual([]);
});
