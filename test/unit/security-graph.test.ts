import "./mocked-bundle";
import { functionTypes } from "../../lib/naming";
import { rules } from "./fixtures";
import { isolated, recordProgram } from "./program";
import { all, only, type Recorded } from "./recorder";

/** Readable names of what rules speak of. */
const named = (arrows: string[]) =>
  arrows
    .map((arrow) => arrow.replaceAll("SecurityGroup-", "").replace("0.0.0.0/0", "internet").replace("pl-s3", "s3"))
    .sort();

const dataStores = [
  "analytics > postgres : 5432",
  "analytics > redis : 6379",
  "database-rotation > postgres : 5432",
  "records-operations > postgres : 5432",
  "records-operations > redis : 6379",
  "records-service > postgres : 5432",
  "records-service > redis : 6379",
  "redis-rotation > redis : 6379",
  "schema-migration > postgres : 5432",
];
const images = ["analytics > s3 : 443"];
const clients = ["analytics", ...functionTypes];
const internet = clients.map((client) => `${client} > internet : 443`);
const endpoints = clients.map((client) => `${client} > endpoints : 443`);

describe.each([
  {
    title: "with one NAT gateway",
    configuration: {},
    out: [...dataStores, ...images, ...internet],
    within: dataStores,
  },
  {
    title: "with a NAT gateway in each of three zones",
    configuration: { natStrategy: "perAz", availabilityZoneCount: "3" },
    out: [...dataStores, ...images, ...internet],
    within: dataStores,
  },
  {
    title: "with NAT and interface endpoints",
    configuration: { interfaceEndpoints: '["kms"]' },
    out: [...dataStores, ...images, ...internet, ...endpoints],
    within: [...dataStores, ...endpoints],
  },
  {
    title: "without NAT",
    configuration: isolated,
    out: [...dataStores, ...images, ...endpoints],
    within: [...dataStores, ...endpoints],
  },
] as { title: string; configuration: Record<string, string>; out: string[]; within: string[] }[])(
  "who may reach whom, $title",
  ({ configuration, out, within }) => {
    let recorded: Recorded[];
    beforeAll(async () => {
      recorded = await recordProgram(configuration);
    });

    it("is exactly this on the way out", () => {
      expect(named(rules(recorded).egress)).toEqual([...out].sort());
    });

    it("is exactly this on the way in", () => {
      expect(named(rules(recorded).ingress)).toEqual([...within].sort());
    });

    it("is said by rules of one protocol and one peer each, and by nothing else", () => {
      const ruleTypes = recorded.map(({ type }) => type).filter((type) => /securityGroup\w*Rule/i.test(type));
      expect(new Set(ruleTypes)).toEqual(
        new Set([
          "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
          "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        ]),
      );
      for (const { inputs } of all(recorded, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")) {
        expect(Object.keys(inputs).sort()).toEqual([
          "description",
          "fromPort",
          "ipProtocol",
          "referencedSecurityGroupId",
          "securityGroupId",
          "toPort",
        ]);
      }
    });

    it("is said by no group itself", () => {
      for (const { inputs } of all(recorded, "aws:ec2/securityGroup:SecurityGroup")) {
        expect(Object.keys(inputs).sort()).toEqual(["description", "name", "revokeRulesOnDelete", "tags", "vpcId"]);
      }
    });

    it("leaves nobody in the default group, and nothing through it", () => {
      expect(only(recorded, "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").inputs).toMatchObject({
        vpcId: "Vpc-vpc",
        ingress: [],
        egress: [],
      });
    });

    it("concerns exactly these: each wears its own group", () => {
      const wears = (type: string, key: string) =>
        all(recorded, type).map(({ name, inputs }) => [name, key.split(".").reduce<unknown>(at, inputs)]);
      expect(Object.fromEntries(wears("aws:lambda/function:Function", "vpcConfig.securityGroupIds"))).toEqual(
        Object.fromEntries(functionTypes.map((type) => [type, [`SecurityGroup-${type}`]])),
      );
      expect(wears("aws:ecs/service:Service", "networkConfiguration.securityGroups")).toEqual([
        ["analytics", ["SecurityGroup-analytics"]],
      ]);
      expect(wears("aws:rds/instance:Instance", "vpcSecurityGroupIds")).toEqual([
        ["postgres", ["SecurityGroup-postgres"]],
      ]);
      expect(wears("aws:elasticache/replicationGroup:ReplicationGroup", "securityGroupIds")).toEqual([
        ["redis", ["SecurityGroup-redis"]],
      ]);
      for (const [name, groups] of wears("aws:ec2/vpcEndpoint:VpcEndpoint", "securityGroupIds")) {
        expect(groups).toEqual(name === "s3" ? undefined : ["SecurityGroup-endpoints"]);
      }
      expect(
        all(recorded, "aws:ec2/securityGroup:SecurityGroup")
          .map(({ name }) => name)
          .sort(),
      ).toEqual(
        [...clients, ...("interfaceEndpoints" in configuration ? ["endpoints"] : []), "postgres", "redis"].sort(),
      );
    });
  },
);

function at(value: unknown, key: string): unknown {
  return (value as Record<string, unknown>)[key];
}
