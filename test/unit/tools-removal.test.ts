import { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ECSClient } from "@aws-sdk/client-ecs";
import { ElastiCacheClient } from "@aws-sdk/client-elasticache";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { IAMClient } from "@aws-sdk/client-iam";
import { RDSClient } from "@aws-sdk/client-rds";
import { WAFV2Client } from "@aws-sdk/client-wafv2";
import { clientConfig } from "../../tools/aws-environment";
import { type Found, foundTypes, type FoundType } from "../../tools/leftovers/inventory";
import { removeOne } from "../../tools/removal";
import { apiGateway } from "../../tools/removal/api-gateway";
import { cognito } from "../../tools/removal/cognito";
import { ec2 } from "../../tools/removal/ec2";
import { ecs } from "../../tools/removal/ecs";
import { elasticache } from "../../tools/removal/elasticache";
import { eventBridge } from "../../tools/removal/eventbridge";
import { iam } from "../../tools/removal/iam";
import { stages } from "../../tools/removal/order";
import { rds } from "../../tools/removal/rds";
import { InUseError } from "../../tools/removal/refusals";
import type { Removal } from "../../tools/removal/removal";
import { wafv2 } from "../../tools/removal/wafv2";
import { answerAs, awsError } from "./aws-answers";

describe("the order of removal", () => {
  it("has every kind of thing that is looked for, once", () => {
    expect(stages.flatMap(({ types }) => types).sort()).toEqual([...foundTypes].sort());
  });

  const before: [FoundType, FoundType, string][] = [
    ["aws:cloudwatch/compositeAlarm:CompositeAlarm", "aws:cloudwatch/metricAlarm:MetricAlarm", "names its alarms"],
    ["aws:cloudwatch/compositeAlarm:CompositeAlarm", "aws:sns/topic:Topic", "publishes to the topic"],
    ["aws:apigateway/usagePlan:UsagePlan", "aws:apigateway/restApi:RestApi", "holds the stage"],
    ["aws:wafv2/webAcl:WebAcl", "aws:apigateway/restApi:RestApi", "protects the stage"],
    ["aws:appautoscaling/target:Target", "aws:ecs/service:Service", "would start tasks again"],
    ["aws:ecs/service:Service", "aws:ecs/cluster:Cluster", "runs in the cluster"],
    ["aws:ecs/service:Service", "aws:ec2/networkInterface:NetworkInterface", "has interfaces"],
    ["aws:cloudwatch/eventRule:EventRule", "aws:lambda/function:Function", "invokes the function"],
    ["aws:apigateway/restApi:RestApi", "aws:lambda/function:Function", "invokes the function"],
    ["aws:lambda/function:Function", "aws:rds/instance:Instance", "writes to the database"],
    ["aws:lambda/function:Function", "aws:ec2/networkInterface:NetworkInterface", "has interfaces"],
    ["aws:lambda/function:Function", "aws:cloudwatch/logGroup:LogGroup", "writes to the log group"],
    ["aws:lambda/function:Function", "aws:iam/role:Role", "assumes the role"],
    ["aws:rds/instance:Instance", "aws:rds/instanceAutomatedBackup:InstanceAutomatedBackup", "has active backups"],
    ["aws:rds/instance:Instance", "aws:rds/parameterGroup:ParameterGroup", "is of the group"],
    ["aws:rds/instance:Instance", "aws:rds/subnetGroup:SubnetGroup", "is of the group"],
    ["aws:rds/instance:Instance", "aws:ec2/securityGroup:SecurityGroup", "is in the group"],
    ["aws:rds/instance:Instance", "aws:kms/key:Key", "is encrypted by the key"],
    ["aws:elasticache/replicationGroup:ReplicationGroup", "aws:elasticache/cluster:Cluster", "owns its nodes"],
    ["aws:elasticache/replicationGroup:ReplicationGroup", "aws:elasticache/parameterGroup:ParameterGroup", "is of it"],
    ["aws:elasticache/replicationGroup:ReplicationGroup", "aws:elasticache/subnetGroup:SubnetGroup", "is of it"],
    ["aws:elasticache/replicationGroup:ReplicationGroup", "aws:kms/key:Key", "is encrypted by the key"],
    ["aws:elasticache/subnetGroup:SubnetGroup", "aws:ec2/subnet:Subnet", "names the subnets"],
    ["aws:rds/subnetGroup:SubnetGroup", "aws:ec2/subnet:Subnet", "names the subnets"],
    ["aws:cloudtrail/trail:Trail", "aws:s3/bucket:Bucket", "writes into the bucket"],
    ["aws:s3/bucket:Bucket", "aws:kms/key:Key", "is encrypted by the key"],
    ["aws:ec2/flowLog:FlowLog", "aws:cloudwatch/logGroup:LogGroup", "writes to the log group"],
    ["aws:ec2/natGateway:NatGateway", "aws:ec2/eip:Eip", "holds the address"],
    ["aws:ec2/natGateway:NatGateway", "aws:ec2/subnet:Subnet", "stands in the subnet"],
    ["aws:ec2/vpcEndpoint:VpcEndpoint", "aws:ec2/networkInterface:NetworkInterface", "has interfaces"],
    ["aws:ec2/eip:Eip", "aws:ec2/internetGateway:InternetGateway", "is mapped by the gateway"],
    ["aws:ec2/networkInterface:NetworkInterface", "aws:ec2/securityGroup:SecurityGroup", "is in the group"],
    ["aws:ec2/networkInterface:NetworkInterface", "aws:ec2/subnet:Subnet", "is in the subnet"],
    ["aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "aws:ec2/securityGroup:SecurityGroup", "names another"],
    [
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      "aws:ec2/securityGroup:SecurityGroup",
      "names another",
    ],
    ["aws:ec2/subnet:Subnet", "aws:ec2/routeTable:RouteTable", "is associated with the table"],
    ["aws:ec2/subnet:Subnet", "aws:ec2/networkAcl:NetworkAcl", "is associated with the list"],
    ["aws:ec2/routeTable:RouteTable", "aws:ec2/vpc:Vpc", "is in the VPC"],
    ["aws:ec2/securityGroup:SecurityGroup", "aws:ec2/vpc:Vpc", "is in the VPC"],
    ["aws:ec2/internetGateway:InternetGateway", "aws:ec2/vpc:Vpc", "is attached to the VPC"],
    ["aws:iam/role:Role", "aws:iam/policy:Policy", "has the policy"],
    ["aws:secretsmanager/secret:Secret", "aws:kms/key:Key", "is encrypted by the key"],
    ["aws:cloudwatch/logGroup:LogGroup", "aws:kms/key:Key", "is encrypted by the key"],
    ["aws:kms/alias:Alias", "aws:kms/key:Key", "names the key"],
  ];

  it.each(before)("takes %s before %s, as it %s", (first, second) => {
    const stageOf = (type: FoundType) => stages.findIndex(({ types }) => types.includes(type));
    expect(stageOf(first)).toBeLessThan(stageOf(second));
  });
});

describe("one thing", () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  /** What comes of a removal that AWS answers in this way, the last one for ever, and after how many tries. */
  async function outcome(...answers: (string | Error | undefined)[]) {
    let tries = 0;
    const remove = () => {
      const answer = answers[Math.min(tries, answers.length - 1)];
      tries += 1;
      if (answer === undefined) return Promise.resolve();
      return Promise.reject(typeof answer === "string" ? Object.assign(new Error("no"), { name: answer }) : answer);
    };
    const removal = removeOne(remove);
    await jest.advanceTimersByTimeAsync(2 * 60 * 60_000);
    const reason = await removal;
    return { reason, tries };
  }

  it("is gone when AWS takes the removal", async () => {
    expect(await outcome(undefined)).toEqual({ reason: undefined, tries: 1 });
  });

  it.each([
    "ReplicationGroupNotFoundFault",
    "InvalidVpcID.NotFound",
    "NoSuchEntityException",
    "NoSuchBucket",
    "WAFNonexistentItemException",
    "ServiceNotActiveException",
  ])("is gone when AWS answers %s", async (name) => {
    expect(await outcome(name)).toEqual({ reason: undefined, tries: 1 });
  });

  it.each([
    "DependencyViolation",
    "InvalidIPAddress.InUse",
    "ResourceInUseException",
    "ConflictException",
    "DeleteConflictException",
    "InvalidDBInstanceStateFault",
    "ClusterContainsTasksException",
    "WAFAssociatedItemException",
  ])("is waited for while AWS answers %s, for an hour at most", async (name) => {
    expect(await outcome(name, name, undefined)).toEqual({ reason: undefined, tries: 3 });
    expect(await outcome(name)).toEqual({ reason: `${name}: no`, tries: 721 });
  });

  it("is waited for while it says itself that it is in use", async () => {
    const inUse = new InUseError("AWS Lambda VPC ENI");
    expect(await outcome(inUse, "InvalidNetworkInterfaceID.NotFound")).toEqual({ reason: undefined, tries: 2 });
    expect(await outcome(inUse)).toEqual({ reason: "InUse: AWS Lambda VPC ENI", tries: 721 });
  });

  it("is tried for a minute when AWS refuses for another reason", async () => {
    expect(await outcome("ValidationError", undefined)).toEqual({ reason: undefined, tries: 2 });
    expect(await outcome("ValidationError")).toEqual({ reason: "ValidationError: no", tries: 13 });
  });

  it("is tried for a minute once more when AWS has called it in use in between", async () => {
    const half = Array<string>(10).fill("ValidationError");
    expect(await outcome(...half, "DependencyViolation", ...half, undefined)).toEqual({ reason: undefined, tries: 22 });
  });

  it.each([
    "AccessDeniedException",
    "UnauthorizedOperation",
    "ExpiredTokenException",
    "RequestExpired",
    "CredentialsProviderError",
  ])("is tried once when AWS answers %s", async (name) => {
    expect(await outcome(name, undefined)).toEqual({ reason: `${name}: no`, tries: 1 });
  });
});

describe("what AWS takes minutes to remove", () => {
  const config = clientConfig("http://localhost:1");
  const found = (id: string): Found => ({ type: "aws:ec2/vpc:Vpc", id, names: [], tags: {} });

  afterEach(() => jest.restoreAllMocks());

  /** Each with the client that is asked, how its status is told and asked for, its statuses and what removes it. */
  const kinds: [
    name: string,
    remove: Removal,
    client: { prototype: object },
    describe: string,
    answer: (status: string) => object,
    statuses: [string, string],
    command: string,
  ][] = [
    [
      "a database",
      rds(config)["aws:rds/instance:Instance"],
      RDSClient,
      "DescribeDBInstances",
      (DBInstanceStatus) => ({ DBInstances: [{ DBInstanceStatus }] }),
      ["available", "deleting"],
      "DeleteDBInstance",
    ],
    [
      "a replication group",
      elasticache(config)["aws:elasticache/replicationGroup:ReplicationGroup"],
      ElastiCacheClient,
      "DescribeReplicationGroups",
      (Status) => ({ ReplicationGroups: [{ Status }] }),
      ["available", "deleting"],
      "DeleteReplicationGroup",
    ],
    [
      "a node",
      elasticache(config)["aws:elasticache/cluster:Cluster"],
      ElastiCacheClient,
      "DescribeCacheClusters",
      (CacheClusterStatus) => ({ CacheClusters: [{ CacheClusterStatus }] }),
      ["available", "deleting"],
      "DeleteCacheCluster",
    ],
    [
      "a service",
      ecs(config)["aws:ecs/service:Service"],
      ECSClient,
      "DescribeServices",
      (status) => ({ services: [{ status }] }),
      ["ACTIVE", "DRAINING"],
      "DeleteService",
    ],
    [
      "a NAT gateway",
      ec2(config)["aws:ec2/natGateway:NatGateway"],
      EC2Client,
      "DescribeNatGateways",
      (State) => ({ NatGateways: [{ State }] }),
      ["available", "deleting"],
      "DeleteNatGateway",
    ],
    [
      "an endpoint",
      ec2(config)["aws:ec2/vpcEndpoint:VpcEndpoint"],
      EC2Client,
      "DescribeVpcEndpoints",
      (State) => ({ VpcEndpoints: [{ State }] }),
      ["Available", "Deleting"],
      "DeleteVpcEndpoints",
    ],
  ];

  it.each(kinds)(
    "asks for it once and is in use until it is gone: %s",
    async (_, remove, client, describe, answer, [before, meanwhile], command) => {
      const answers = [answer(before), answer(meanwhile), awsError("Expired")];
      const sent = answerAs(client, { [describe]: () => answers.shift() ?? {}, [command]: () => ({}) });
      await expect(remove(found("it"))).rejects.toThrow(InUseError);
      expect(sent).toEqual([describe, command]);
      await expect(remove(found("it"))).rejects.toThrow(InUseError);
      // Whatever AWS answers now is heard at once.
      await expect(remove(found("it"))).rejects.toMatchObject({ name: "Expired" });
      expect(sent).toEqual([describe, command, describe, describe]);
      await expect(remove(found("it"))).resolves.toBeUndefined();
    },
  );

  it.each(["deleted", "Deleted"])("is gone although EC2 still lists it as %s", async (State) => {
    answerAs(EC2Client, { DescribeVpcEndpoints: () => ({ VpcEndpoints: [{ State }] }) });
    await expect(ec2(config)["aws:ec2/vpcEndpoint:VpcEndpoint"](found("vpce-1"))).resolves.toBeUndefined();
  });

  it("is gone although ECS still lists it as INACTIVE", async () => {
    answerAs(ECSClient, { DescribeServices: () => ({ services: [{ status: "INACTIVE" }] }) });
    await expect(ecs(config)["aws:ecs/service:Service"](found("it"))).resolves.toBeUndefined();
  });

  it("is an address that a NAT gateway holds, although EC2 speaks of permissions", async () => {
    const message = "You do not have permission to access the specified resource.";
    answerAs(EC2Client, { ReleaseAddress: () => awsError("AuthFailure", message) });
    await expect(ec2(config)["aws:ec2/eip:Eip"](found("eipalloc-1"))).rejects.toThrow(new InUseError(message));
  });
});

describe("what comes before a removal", () => {
  const config = clientConfig("http://localhost:1");
  const gone = awsError("NoSuchEntityException");
  const arn = "arn:aws:iam::123456789012:policy/rotation-dev";

  /** Each with what it is called by, the client that is asked, what AWS answers, what finds nothing, and what removes it. */
  const kinds: [
    name: string,
    remove: Removal,
    client: { prototype: object },
    answers: Record<string, object>,
    before: string[],
    command: string,
  ][] = [
    [
      "a role",
      iam(config)["aws:iam/role:Role"],
      IAMClient,
      {
        ListAttachedRolePolicies: { AttachedPolicies: [{ PolicyArn: arn }] },
        ListRolePolicies: { PolicyNames: ["inline"] },
      },
      ["DetachRolePolicy", "DeleteRolePolicy"],
      "DeleteRole",
    ],
    [
      "a policy",
      iam(config)["aws:iam/policy:Policy"],
      IAMClient,
      {
        ListEntitiesForPolicy: { PolicyRoles: [{ RoleName: "rotation-dev" }] },
        ListPolicyVersions: { Versions: [{ VersionId: "v1", IsDefaultVersion: false }] },
      },
      ["DetachRolePolicy", "DeletePolicyVersion"],
      "DeletePolicy",
    ],
    [
      "a schedule",
      eventBridge(config)["aws:cloudwatch/eventRule:EventRule"],
      EventBridgeClient,
      { ListTargetsByRule: { Targets: [{ Id: "1" }] } },
      ["RemoveTargets"],
      "DeleteRule",
    ],
    [
      "a usage plan",
      apiGateway(config)["aws:apigateway/usagePlan:UsagePlan"],
      APIGatewayClient,
      { GetUsagePlan: { apiStages: [{ apiId: "a1b2c3", stage: "dev" }] } },
      ["UpdateUsagePlan"],
      "DeleteUsagePlan",
    ],
    [
      "a user pool",
      cognito(config)["aws:cognito/userPool:UserPool"],
      CognitoIdentityProviderClient,
      { DescribeUserPool: { UserPool: { Domain: "records-sign-in-dev" } } },
      ["DeleteUserPoolDomain"],
      "DeleteUserPool",
    ],
    [
      "an internet gateway",
      ec2(config)["aws:ec2/internetGateway:InternetGateway"],
      EC2Client,
      { DescribeInternetGateways: { InternetGateways: [{ Attachments: [{ VpcId: "vpc-1" }] }] } },
      ["DetachInternetGateway"],
      "DeleteInternetGateway",
    ],
    [
      "a cluster",
      ecs(config)["aws:ecs/cluster:Cluster"],
      ECSClient,
      { ListTasks: { taskArns: ["arn:1"] } },
      ["StopTask"],
      "DeleteCluster",
    ],
    [
      "a firewall",
      wafv2(config)["aws:wafv2/webAcl:WebAcl"],
      WAFV2Client,
      { GetWebACL: { LockToken: "1" }, ListResourcesForWebACL: { ResourceArns: ["arn:1"] } },
      ["DisassociateWebACL", "DeleteLoggingConfiguration"],
      "DeleteWebACL",
    ],
  ];
  const answersOf = (answers: Record<string, object>) =>
    Object.fromEntries(Object.entries(answers).map(([command, answer]) => [command, () => answer]));

  it.each(kinds)("does not count as the removal where it finds nothing: %s", async (...kind) => {
    const [, remove, client, answers, before, command] = kind;
    const refusal = awsError("DeleteConflictException");
    const refusals = Object.fromEntries(before.map((one) => [one, gone]));
    const sent = answerAs(client, answersOf({ ...answers, ...refusals, [command]: refusal }));
    await expect(remove({ type: "aws:ec2/vpc:Vpc", id: "it", names: ["it"], tags: {} })).rejects.toBe(refusal);
    expect(sent).toEqual(expect.arrayContaining([...before, command]));
  });

  it.each(kinds)("is no less refused than the removal: %s", async (...kind) => {
    const [, remove, client, answers, [first = ""]] = kind;
    const refusal = awsError("AccessDenied");
    answerAs(client, answersOf({ ...answers, [first]: refusal }));
    await expect(remove({ type: "aws:ec2/vpc:Vpc", id: "it", names: ["it"], tags: {} })).rejects.toBe(refusal);
  });
});
