import {
  type AlarmType,
  type CompositeAlarm,
  type MetricAlarm,
  paginateDescribeAlarms,
} from "@aws-sdk/client-cloudwatch";
import { type FilterLogEventsCommandInput, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeTrailsCommand, type Trail } from "@aws-sdk/client-cloudtrail";
import {
  DescribeSecurityGroupsCommand,
  type NatGateway,
  paginateDescribeNatGateways,
  paginateDescribeSecurityGroups,
  paginateDescribeVpcEndpoints,
  type SecurityGroup,
  type Tag,
  type VpcEndpoint,
} from "@aws-sdk/client-ec2";
import { paginateDescribeReplicationGroups, type ReplicationGroup } from "@aws-sdk/client-elasticache";
import { type DBInstance, paginateDescribeDBInstances } from "@aws-sdk/client-rds";
import { DescribeSecretCommand } from "@aws-sdk/client-secrets-manager";
import { functionTypes, resourceTypes, type ResourceType } from "../../lib/naming";
import { aws, collect, eventually, hasTrail, nameOf, only, outputs, present } from "./stack";

/** Filter of EC2's for what is in the VPC. */
export const ofVpc = { Name: "vpc-id", Values: [outputs.vpcId] };

/** Every physical name that something of this environment may have. */
export const namesOfEnvironment = new Set((Object.keys(resourceTypes) as ResourceType[]).map(nameOf));

/** The roles of this environment, each of which has a policy of the same name. */
export const roles = [
  "ecs-execution",
  "ecs-task",
  "rds-monitoring",
  "vpc-flow-logs",
  ...functionTypes,
  ...(hasTrail ? (["trail-delivery"] as const) : []),
] as const;

/** The messages in a log group, or those that are asked for. */
export const logMessages = (which: FilterLogEventsCommandInput): Promise<string[]> =>
  collect(paginateFilterLogEvents({ client: aws.logs }, which), (page) =>
    page.events?.map(({ message = "" }) => message),
  );

/** The alarms of this environment: on metrics, and the pages, which are on other alarms. */
export async function findAlarms(): Promise<{ onMetrics: MetricAlarm[]; pages: CompositeAlarm[] }> {
  const AlarmTypes: AlarmType[] = ["MetricAlarm", "CompositeAlarm"];
  const found = await collect(paginateDescribeAlarms({ client: aws.cloudWatch }, { AlarmTypes }), (page) => [page]);
  const ours = ({ AlarmName = "" }: { AlarmName?: string }) => namesOfEnvironment.has(AlarmName);
  return {
    onMetrics: found.flatMap(({ MetricAlarms = [] }) => MetricAlarms).filter(ours),
    pages: found.flatMap(({ CompositeAlarms = [] }) => CompositeAlarms).filter(ours),
  };
}

/** The database at the stack's endpoint. */
export async function findDatabase(): Promise<DBInstance> {
  const instances = await collect(paginateDescribeDBInstances({ client: aws.rds }, {}), (page) => page.DBInstances);
  return only(
    instances.filter(({ Endpoint }) => Endpoint?.Address === outputs.databaseEndpoint),
    "database at the stack's endpoint",
  );
}

/** Seconds that ElastiCache takes at most to say that a change of a replication group is over, after it is. */
export const settlingLimit = 600;

/** The replication group at the stack's endpoint, once it is available with no change of its token pending. */
export function findReplicationGroup(): Promise<ReplicationGroup> {
  return eventually("the replication group is available, with no token pending", settlingLimit, async () => {
    const groups = await collect(
      paginateDescribeReplicationGroups({ client: aws.elastiCache }, {}),
      (page) => page.ReplicationGroups,
    );
    const group = only(
      groups.filter(({ NodeGroups }) =>
        NodeGroups?.some(({ PrimaryEndpoint }) => PrimaryEndpoint?.Address === outputs.redisPrimaryEndpoint),
      ),
      "replication group at the stack's endpoint",
    );
    const isSettled = group.Status === "available" && group.PendingModifiedValues?.AuthTokenStatus === undefined;
    return isSettled ? group : undefined;
  });
}

/** The NAT gateways of the VPC that are at work. */
export function findNatGateways(): Promise<NatGateway[]> {
  const Filter = [ofVpc, { Name: "state", Values: ["available"] }];
  return collect(paginateDescribeNatGateways({ client: aws.ec2 }, { Filter }), (page) => page.NatGateways);
}

/** The security groups of the VPC, but for GuardDuty's. */
export async function findSecurityGroups(): Promise<SecurityGroup[]> {
  const pages = paginateDescribeSecurityGroups({ client: aws.ec2 }, { Filters: [ofVpc] });
  return (await collect(pages, (page) => page.SecurityGroups)).filter(isNotOfGuardDuty);
}

/** The endpoints in the VPC, but for GuardDuty's. */
export async function findEndpoints(): Promise<VpcEndpoint[]> {
  const pages = paginateDescribeVpcEndpoints({ client: aws.ec2 }, { Filters: [ofVpc] });
  return (await collect(pages, (page) => page.VpcEndpoints)).filter(isNotOfGuardDuty);
}

/** Where GuardDuty watches what runs, it puts an endpoint with a security group into every VPC of the account (GuardDuty user guide, "Runtime Monitoring"). */
const isNotOfGuardDuty = ({ Tags = [] }: { Tags?: Tag[] }) =>
  !Tags.some(({ Key, Value }) => Key === "GuardDutyManaged" && Value === "true");

/** The trails of this account and region that are called as this environment's is. */
export async function findTrails(): Promise<Trail[]> {
  const { trailList = [] } = await aws.cloudTrail.send(new DescribeTrailsCommand({}));
  return trailList.filter(({ Name }) => Name === nameOf("trail"));
}

/** The secret of this environment with a name. */
export async function secretArn(type: ResourceType): Promise<string> {
  const { ARN } = await aws.secretsManager.send(new DescribeSecretCommand({ SecretId: nameOf(type) }));
  return present(ARN, `ARN of the secret ${type}`);
}

/** The security group of this environment with a name. */
export const securityGroupId = (type: ResourceType) => findSecurityGroupId(nameOf(type));

/** The VPC's own security group. */
export const defaultSecurityGroupId = () => findSecurityGroupId("default");

async function findSecurityGroupId(name: string): Promise<string> {
  const { SecurityGroups } = await aws.ec2.send(
    new DescribeSecurityGroupsCommand({
      Filters: [ofVpc, { Name: "group-name", Values: [name] }],
    }),
  );
  return present(only(SecurityGroups, `security group ${name}`).GroupId, "identifier of the security group");
}
