import { foundTypes, type FoundType } from "../../tools/leftovers/inventory";
import { removeOne } from "../../tools/removal";
import { stages } from "../../tools/removal/order";
import { regionsIn } from "../../tools/removal/other-regions";
import { InUseError } from "../../tools/removal/refusals";

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

  it.each(["AccessDeniedException", "UnauthorizedOperation", "ExpiredTokenException", "CredentialsProviderError"])(
    "is tried once when AWS answers %s",
    async (name) => {
      expect(await outcome(name, undefined)).toEqual({ reason: `${name}: no`, tries: 1 });
    },
  );
});

describe("the regions of a policy document", () => {
  it("are those of its ARNs", () => {
    const Resource = [
      "arn:aws:logs:eu-west-1:123456789012:log-group:audit-dev:*",
      "arn:aws:rds-db:eu-central-1:123456789012:dbuser:db-1/analytics",
      "arn:aws-us-gov:ec2:us-gov-west-1:123456789012:network-interface/*",
    ];
    expect(regionsIn(JSON.stringify({ Resource }))).toEqual(["eu-west-1", "eu-central-1", "us-gov-west-1"]);
  });

  it("are none where ARNs have none", () => {
    expect(regionsIn('{"Resource":["*","arn:aws:s3:::bucket/*","arn:aws:iam::123456789012:role/a"]}')).toEqual([]);
  });
});
