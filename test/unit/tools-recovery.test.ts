import "./mocked-bundle";
import { EC2Client } from "@aws-sdk/client-ec2";
import { environmentTags } from "../../lib/naming";
import { clientConfig } from "../../tools/aws-environment";
import { belongsTo } from "../../tools/leftovers";
import { ec2 } from "../../tools/leftovers/ec2";
import { type Found, type FoundType, foundTypes } from "../../tools/leftovers/inventory";
import { physicalName } from "../../tools/physical-name";
import { adoptions } from "../../tools/recovery/adoption";
import { adoptMissing } from "../../tools/recovery/missing";
import { strangers } from "../../tools/recovery/orphans";
import { adopt, providerOf, withAdopted } from "../../tools/recovery/pending";
import { describeRule, foreignRules, groupsIn, withoutLostRules } from "../../tools/recovery/security-group-rules";
import type { ResourceState } from "../../tools/stack-commands";
import { answerAs } from "./aws-answers";
import { isolated, recordProgram } from "./program";

afterEach(() => jest.restoreAllMocks());

const created = (type: string, name: string, inputs: Record<string, unknown>): ResourceState => ({
  urn: `urn:pulumi:dev::tap::${type}::${name}`,
  type,
  inputs,
});
const existing = (type: FoundType, id: string, ...names: string[]): Found => ({ type, id, names, tags: {} });
/** Nothing here asks AWS. */
const config = clientConfig("http://localhost:1");
const adoptFrom = (found: Found[], wanted: ResourceState[], known: ResourceState[] = []) =>
  adopt(wanted, known, { config, existing: found });

const subnet = "aws:ec2/subnet:Subnet";
const alias = "aws:kms/alias:Alias";

it("knows for each type of the program how it is adopted, and for no other", async () => {
  const optional = { auditTrail: "true", alarmEmails: '["on-call@example.org"]' };
  const types = [...(await recordProgram(optional)), ...(await recordProgram(isolated))].map(({ type }) => type);
  const inCloud = [...new Set(types)].filter((type) => !/^(tap|pulumi):/.test(type)).sort();
  expect(Object.keys(adoptions).sort()).toEqual(inCloud);
});

it("finds nothing of an environment under the name of another thing of its type", async () => {
  for (const configuration of [{ auditTrail: "true", natStrategy: "perAz" }, isolated]) {
    const names = (await recordProgram(configuration)).flatMap(({ type, inputs }) => {
      const name = physicalName(inputs);
      return foundTypes.some((found) => found === type) && name !== undefined ? [`${type} ${name}`] : [];
    });
    expect(names.filter((name, index) => names.indexOf(name) < index)).toEqual([]);
  }
});

describe("what a killed engine was creating", () => {
  it("is adopted by its type and physical name", async () => {
    const one = created(subnet, "data-1", { tags: { Name: "subnet-data-1-dev" } });
    const other = created(alias, "logs", { name: "alias/kms-logs-dev" });
    expect(
      await adoptFrom(
        [
          existing(subnet, "subnet-2", "subnet-data-2-dev"),
          existing(subnet, "subnet-1", "subnet-data-1-dev"),
          existing(alias, "alias/kms-logs-dev", "alias/kms-logs-dev"),
        ],
        [one, other],
      ),
    ).toEqual([
      { ...one, id: "subnet-1", outputs: { ...one.inputs, id: "subnet-1" } },
      { ...other, id: "alias/kms-logs-dev", outputs: { ...other.inputs, id: "alias/kms-logs-dev" } },
    ]);
  });

  it("is not what the state has already", async () => {
    const inputs = { tags: { Name: "subnet-data-1-dev" } };
    const known = { ...created(subnet, "known", inputs), id: "subnet-1" };
    const found = [
      existing(subnet, "subnet-1", "subnet-data-1-dev"),
      existing(subnet, "subnet-2", "subnet-data-1-dev"),
    ];
    const adopted = await adoptFrom(
      found,
      [created(subnet, "data-1", inputs), created(subnet, "copy", inputs)],
      [known],
    );
    expect(adopted.map(({ urn, id }) => [urn.split("::").at(-1), id])).toEqual([["data-1", "subnet-2"]]);
  });

  it("is found although something of another type has its name", async () => {
    const [role, rule] = ["aws:iam/role:Role", "aws:cloudwatch/eventRule:EventRule"] as const;
    const known = { ...created(role, "rotation", { name: "database-rotation-dev" }), id: "database-rotation-dev" };
    const wanted = created(rule, "rotation", { name: "database-rotation-dev" });
    const found = [existing(rule, "database-rotation-dev", "database-rotation-dev")];
    const adopted = await adoptFrom(found, [wanted, { ...wanted, urn: "twice" }], [known]);
    expect(adopted.map(({ urn, id }) => [urn, id])).toEqual([[wanted.urn, "database-rotation-dev"]]);
  });

  it.each(["dependencies", "parent"])("is not adopted without its %s, as then it was not begun", async (needed) => {
    const topic = "aws:sns/topic:Topic";
    const alerts = created(topic, "alerts", { name: "alerts-dev" });
    const alarm = created("aws:cloudwatch/compositeAlarm:CompositeAlarm", "api", { alarmName: "api-dev" });
    const wanted = [alerts, { ...alarm, [needed]: needed === "parent" ? alerts.urn : [alerts.urn] }];
    const idsFrom = async (found: Found[]) => (await adoptFrom(found, wanted)).map(({ id }) => id);
    expect(await idsFrom([])).toEqual([]);
    expect(await idsFrom([existing(topic, "arn:1", "alerts-dev")])).toEqual(["arn:1", "api-dev"]);
  });

  it("is forgotten when it did not come to exist", async () => {
    expect(await adoptFrom([], [created(alias, "logs", { name: "alias/kms-logs-dev" })])).toEqual([]);
  });

  it.each([
    ["aws:apigateway/stage:Stage", { restApi: "a1b2c3", stageName: "dev" }, "ags-a1b2c3-dev"],
    [
      "aws:cognito/resourceServer:ResourceServer",
      { userPoolId: "eu-west-1_a", identifier: "records" },
      "eu-west-1_a|records",
    ],
    ["aws:cognito/riskConfiguration:RiskConfiguration", { userPoolId: "eu-west-1_a" }, "eu-west-1_a"],
    ["aws:cognito/userPoolDomain:UserPoolDomain", { domain: "records-sign-in-dev" }, "records-sign-in-dev"],
    ["aws:ec2/route:Route", { routeTableId: "rtb-1", destinationCidrBlock: "0.0.0.0/0" }, "r-rtb-11080289494"],
  ])("is left to the refresh if it is a %s", async (type, inputs, id) => {
    const resource = created(type, "it", inputs);
    expect(await adoptFrom([], [resource])).toEqual([{ ...resource, id, outputs: { ...inputs, id } }]);
  });

  it("is not guessed from what is not known", async () => {
    expect(await adoptFrom([], [created("aws:apigateway/stage:Stage", "it", { stageName: "dev" })])).toEqual([]);
  });

  it.each([
    ["aws:apigateway/deployment:Deployment", {}],
    ["aws:cognito/userPoolClient:UserPoolClient", { name: "it" }],
    ["aws:ec2/routeTableAssociation:RouteTableAssociation", {}],
    ["aws:secretsmanager/secretVersion:SecretVersion", { versionStages: ["AWSCURRENT", "INITIAL"] }],
    ["aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", { ipProtocol: "tcp" }],
    ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", { ipProtocol: "tcp" }],
  ])("is not looked for if it is a %s of something that does not exist yet", async (type, inputs) => {
    expect(await adoptFrom([], [created(type, "it", inputs)])).toEqual([]);
  });

  it("is a task definition by its family, with the ARN that the provider reads it by", async () => {
    const type = "aws:ecs/taskDefinition:TaskDefinition";
    const arn = (revision: number) => `arn:aws:ecs:eu-west-1:123456789012:task-definition/analytics-dev:${revision}`;
    const known = { ...created(type, "analytics", {}), id: "analytics-dev", outputs: { arn: arn(1) } };
    const [adopted] = await adoptFrom(
      [existing(type, arn(1), "analytics-dev"), existing(type, arn(2), "analytics-dev")],
      [created(type, "analytics", { family: "analytics-dev" })],
      [known],
    );
    expect(adopted).toMatchObject({ id: "analytics-dev", outputs: { arn: arn(2) } });
  });

  it("is given its document again if it is an API, which it may not have yet", async () => {
    const type = "aws:apigateway/restApi:RestApi";
    const [adopted] = await adoptFrom(
      [existing(type, "a1b2c3", "records-api-dev")],
      [created(type, "records", { name: "records-api-dev", body: "{}" })],
    );
    expect(adopted?.inputs).toEqual({ name: "records-api-dev", body: "{}" });
    expect(adopted?.outputs).toEqual({ name: "records-api-dev", id: "a1b2c3" });
  });

  it("replaces what has its place, which is left to be deleted", () => {
    const [old, other, replacement] = [
      { ...created(subnet, "a", {}), id: "subnet-1" },
      { ...created(subnet, "b", {}), id: "subnet-2" },
      { ...created(subnet, "a", {}), id: "subnet-3" },
    ];
    expect(withAdopted([old, other], [replacement])).toEqual([{ ...old, delete: true }, other, replacement]);
  });
});

describe("what was deleted before its replacement, which a killed engine was creating", () => {
  const type = "aws:rds/parameterGroup:ParameterGroup";
  const name = "rds-parameters-17-dev";
  const old = {
    ...created(type, "parameters", { name }),
    id: name,
    outputs: { arn: "arn:1" },
    pendingReplacement: true,
  };
  const replacement = created(type, "parameters", { name, family: "postgres17" });
  const found = [existing(type, name, name)];

  it("is adopted under the identifier that the deleted one had", async () => {
    expect(await adoptFrom(found, [replacement], [old])).toEqual([
      { ...replacement, id: name, outputs: { ...replacement.inputs, id: name } },
    ]);
    expect(await adoptFrom(found, [replacement], [{ ...old, pendingReplacement: false }])).toEqual([]);
  });

  it("is a stranger to the state until then", () => {
    expect(strangers(found, [old])).toEqual(found);
    expect(strangers(found, [{ ...old, pendingReplacement: false }])).toEqual([]);
  });

  it("takes its place in the state, where nothing is left to be deleted, before what needs it", () => {
    const group = created("aws:rds/subnetGroup:SubnetGroup", "group", {});
    const database = { ...created("aws:rds/instance:Instance", "db", {}), dependencies: [old.urn] };
    const adopted = { ...replacement, id: name, dependencies: [group.urn] };
    expect(withAdopted([old, database, group], [adopted])).toEqual([group, adopted, database]);
  });

  it("is not there for what was to be created after it", async () => {
    const topic = "aws:sns/topic:Topic";
    const wanted = { ...created(topic, "alerts", { name: "alerts-dev" }), dependencies: [old.urn] };
    const alerts = [existing(topic, "arn:2", "alerts-dev")];
    expect(await adoptFrom(alerts, [wanted], [old])).toEqual([]);
    expect((await adoptFrom([...alerts, ...found], [replacement, wanted], [old])).map(({ id }) => id)).toEqual([
      name,
      "arn:2",
    ]);
  });
});

describe("what a lost state does not know", () => {
  const group = created("aws:ec2/securityGroup:SecurityGroup", "redis", { name: "redis-dev" });
  const rule = (securityGroupId?: string) => ({
    ...created("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "redis-from-service", {
      ipProtocol: "tcp",
      fromPort: 6379,
      toPort: 6379,
      cidrIpv4: "10.0.0.0/16",
      ...(securityGroupId === undefined ? {} : { securityGroupId }),
    }),
    dependencies: [group.urn],
  });
  const alarm = created("aws:cloudwatch/metricAlarm:MetricAlarm", "cpu", { name: "redis-cpu-dev" });

  /** A stack that tells what is missing in its state; its refresh drops the alarm, which does not exist. */
  const stackOf = (state: { resources: ResourceState[] }, ...missing: ResourceState[][]) => {
    const asked: number[] = [];
    return {
      asked,
      stack: {
        stack: "dev",
        export: () => Promise.resolve(state),
        import: ({ resources = [] }: { resources?: ResourceState[] }) => {
          state = { resources: resources.filter(({ urn }) => urn !== alarm.urn) };
          return Promise.resolve();
        },
        refresh: () => Promise.resolve({ succeeded: true }),
        missing: () => Promise.resolve(missing[asked.push(asked.length) - 1] ?? []),
      },
    };
  };
  let revoked: unknown[];

  beforeEach(() => {
    revoked = [];
    const own = { SecurityGroupRuleId: "sgr-1", GroupId: "sg-1", IpProtocol: "tcp", FromPort: 6379, ToPort: 6379 };
    answerAs(EC2Client, {
      DescribeSecurityGroupRules: () => ({
        SecurityGroupRules: [
          { ...own, IsEgress: false, CidrIpv4: "10.0.0.0/16" },
          { SecurityGroupRuleId: "sgr-2", GroupId: "sg-1", IsEgress: true, IpProtocol: "-1", CidrIpv4: "0.0.0.0/0" },
          { SecurityGroupRuleId: "sgr-3", GroupId: "sg-1", IsEgress: true, IpProtocol: "-1", CidrIpv6: "::/0" },
          { SecurityGroupRuleId: "sgr-4", GroupId: "sg-1", IsEgress: false, IpProtocol: "-1", CidrIpv4: "0.0.0.0/0" },
          { SecurityGroupRuleId: "sgr-5", GroupId: "sg-1", IsEgress: true, IpProtocol: "tcp", CidrIpv4: "0.0.0.0/0" },
        ],
      }),
      RevokeSecurityGroupEgress: ({ SecurityGroupRuleIds }) => {
        revoked.push(SecurityGroupRuleIds);
        return {};
      },
    });
    jest.spyOn(console, "log").mockImplementation();
  });

  const cloud = { config, existing: [existing("aws:ec2/securityGroup:SecurityGroup", "sg-1", "redis-dev")] };
  const idsOf = ({ resources = [] }: { resources?: ResourceState[] }) => resources.map(({ id }) => id);

  it("is adopted with what lies in it, which is known by it only then", async () => {
    const { asked, stack } = stackOf({ resources: [] }, [group, rule()], [rule("sg-1")]);
    expect(idsOf(await adoptMissing(stack, { resources: [] }, cloud))).toEqual(["sg-1", "sgr-1"]);
    expect(asked).toHaveLength(3);
  });

  it("keeps the rules of an adopted group, but for the one with which AWS makes groups", async () => {
    const { stack } = stackOf({ resources: [] }, [group]);
    await adoptMissing(stack, { resources: [] }, cloud);
    expect(revoked).toEqual([["sgr-2"], ["sgr-3"]]);
  });

  it("is asked for once more only where something of it was there", async () => {
    const nothing = stackOf({ resources: [] }, [alarm], [alarm]);
    expect(idsOf(await adoptMissing(nothing.stack, { resources: [] }, cloud))).toEqual([]);
    expect(nothing.asked).toHaveLength(1);
    const some = stackOf({ resources: [] }, [group, alarm], [alarm], [alarm]);
    expect(idsOf(await adoptMissing(some.stack, { resources: [] }, cloud))).toEqual(["sg-1"]);
    expect(some.asked).toHaveLength(2);
  });
});

describe("where an environment is", () => {
  const provider = (name: string, inputs: Record<string, unknown>) => created("pulumi:providers:aws", name, inputs);
  const account = provider("account", { region: "eu-central-1" });

  it("is what the provider with its tags says", () => {
    const defaultTags = JSON.stringify({ tags: { Environment: "pr-42", Project: "tap" } });
    expect(providerOf([account, provider("aws", { region: "eu-central-1", defaultTags })])).toEqual({
      region: "eu-central-1",
      environmentSuffix: "pr-42",
    });
  });

  it("is nowhere before there is one", () => {
    expect(providerOf([account])).toBeUndefined();
  });
});

it("is a stranger to the state what neither is a resource nor stands in what AWS says of one", () => {
  const resources = [
    {
      ...created("aws:ec2/vpc:Vpc", "vpc", {}),
      id: "vpc-1",
      outputs: { defaultRouteTableId: "rtb-1", defaultSecurityGroupId: "sg-1" },
    },
    {
      ...created("aws:rds/instance:Instance", "db", {}),
      id: "db-1",
      outputs: { identifier: "rds-postgres-dev", masterUserSecrets: [{ secretArn: "arn:1" }] },
    },
    { ...created("aws:ecs/taskDefinition:TaskDefinition", "task", {}), id: "task", outputs: { arn: "arn:2" } },
    { ...created("aws:iam/role:Role", "rotation", {}), id: "rotation-dev", outputs: { name: "rotation-dev" } },
  ];
  const found = [
    existing("aws:ec2/vpc:Vpc", "vpc-1"),
    existing("aws:ec2/vpc:Vpc", "vpc-2"),
    existing("aws:ec2/routeTable:RouteTable", "rtb-1"),
    existing("aws:ec2/securityGroup:SecurityGroup", "sg-1"),
    existing("aws:rds/instance:Instance", "rds-postgres-dev"),
    existing("aws:secretsmanager/secret:Secret", "arn:1"),
    existing("aws:ecs/taskDefinition:TaskDefinition", "arn:2"),
    existing("aws:iam/role:Role", "rotation-dev"),
    existing("aws:lambda/function:Function", "rotation-dev"),
    // Of a function's network, and of the autoscaling: AWS's own.
    existing("aws:ec2/networkInterface:NetworkInterface", "eni-1"),
    existing("aws:cloudwatch/metricAlarm:MetricAlarm", "TargetTracking-service/ecs-dev/analytics-dev-AlarmLow-1"),
  ];
  expect(strangers(found, resources).map(({ id }) => id)).toEqual(["vpc-2", "rotation-dev"]);
});

it("is no stranger to the state what others have put into the environment's network", async () => {
  const Tags = Object.entries(environmentTags("dev", {})).map(([Key, Value]) => ({ Key, Value }));
  const VpcId = "vpc-1";
  const empty = [
    "Addresses",
    "FlowLogs",
    "InternetGateways",
    "NatGateways",
    "NetworkAcls",
    "NetworkInterfaces",
    "RouteTables",
    "SecurityGroupRules",
    "Subnets",
  ];
  answerAs(EC2Client, {
    ...Object.fromEntries(empty.map((kind) => [`Describe${kind}`, () => ({})])),
    DescribeVpcs: () => ({ Vpcs: [{ VpcId, Tags }] }),
    DescribeVpcEndpoints: () => ({
      VpcEndpoints: [
        { VpcEndpointId: "vpce-guard-duty", VpcId, Tags: [{ Key: "GuardDutyManaged", Value: "true" }] },
        { VpcEndpointId: "vpce-made-twice", VpcId, Tags },
      ],
    }),
    DescribeSecurityGroups: () => ({ SecurityGroups: [{ GroupId: "sg-guard-duty", GroupName: "GuardDuty", VpcId }] }),
  });
  const found = (await ec2(config, { accountId: "123456789012", environmentSuffix: "dev" })).filter((thing) =>
    belongsTo(thing, "dev"),
  );
  // Before the VPC can go, they have to.
  expect(found.map(({ id }) => id)).toEqual(["vpc-1", "vpce-guard-duty", "vpce-made-twice", "sg-guard-duty"]);
  expect(strangers(found, [{ ...created("aws:ec2/vpc:Vpc", "vpc", {}), id: VpcId }]).map(({ id }) => id)).toEqual([
    "vpce-made-twice",
  ]);
});

describe("rules of security groups", () => {
  const type = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
  const own = { ...created(type, "to-redis", {}), id: "sgr-1" };
  const lost = { ...created(type, "to-internet", {}), id: "sgr-2" };
  const dependent = { ...created("aws:lambda/function:Function", "service", {}), dependencies: [own.urn, lost.urn] };
  const resources = [
    { ...created("aws:ec2/securityGroup:SecurityGroup", "service", {}), id: "sg-1" },
    own,
    lost,
    dependent,
  ];
  const rules = [
    { SecurityGroupRuleId: "sgr-1", GroupId: "sg-1", IsEgress: true },
    {
      SecurityGroupRuleId: "sgr-3",
      GroupId: "sg-1",
      IsEgress: false,
      IpProtocol: "tcp",
      FromPort: 22,
      ToPort: 22,
      CidrIpv4: "0.0.0.0/0",
    },
  ];

  it("are looked for in the groups of the state", () => {
    expect(groupsIn(resources)).toEqual(["sg-1"]);
  });

  it("leave the state with what says that it depends on them when they are gone", () => {
    expect(withoutLostRules(resources, rules)).toEqual([resources[0], own, { ...dependent, dependencies: [own.urn] }]);
  });

  it("leave it as it is when none is gone", () => {
    expect(withoutLostRules([own], rules)).toEqual([own]);
  });

  it("are foreign when the state has them not", () => {
    const foreign = foreignRules(resources, rules);
    expect(foreign.map(describeRule)).toEqual(["  sgr-3  into sg-1: tcp 22 from 0.0.0.0/0"]);
  });
});
