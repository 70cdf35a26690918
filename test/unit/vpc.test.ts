import { interfaceEndpointActions, type InterfaceEndpoint } from "../../lib/config";
import { Vpc, type VpcArgs } from "../../lib/vpc";
import { environment, logs, roleOf, statements } from "./fixtures";
import { all, counts, only, record, type Recorded } from "./recorder";

const zoneIds = ["euw1-az1", "euw1-az2", "euw1-az3"];

const deploy = (zones: 2 | 3, natStrategy: VpcArgs["natStrategy"], interfaceEndpoints: InterfaceEndpoint[] = []) =>
  record(
    () =>
      new Vpc("vpc", {
        environment,
        cidr: "10.0.0.0/16",
        availabilityZoneIds: zoneIds.slice(0, zones),
        natStrategy,
        interfaceEndpoints,
        logs,
      }),
  );

const routes = (recorded: Recorded[]) =>
  all(recorded, "aws:ec2/route:Route")
    .map(({ inputs }) => {
      const { routeTableId, destinationCidrBlock, ...target } = inputs;
      return `${String(routeTableId)}: ${String(destinationCidrBlock)} > ${Object.values(target).join()}`;
    })
    .sort();

const associations = (recorded: Recorded[]) =>
  all(recorded, "aws:ec2/routeTableAssociation:RouteTableAssociation")
    .map(({ inputs }) => `${String(inputs.subnetId)} > ${String(inputs.routeTableId)}`)
    .sort();

describe("Vpc", () => {
  const always = {
    "aws:ec2/vpc:Vpc": 1,
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": 1,
    "aws:ec2/flowLog:FlowLog": 1,
    "aws:cloudwatch/logGroup:LogGroup": 1,
    "aws:iam/role:Role": 1,
    "aws:iam/policy:Policy": 1,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": 1,
    "aws:ec2/vpcEndpoint:VpcEndpoint": 1,
  };
  const withoutNat = (subnets: number, routeTables: number, routeTableAssociations: number) => ({
    ...always,
    "aws:ec2/subnet:Subnet": subnets,
    "aws:ec2/routeTable:RouteTable": routeTables,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": routeTableAssociations,
  });
  const withNat = (internetRoutes: number, gateways: number) => ({
    "aws:ec2/internetGateway:InternetGateway": 1,
    "aws:ec2/route:Route": internetRoutes,
    "aws:ec2/eip:Eip": gateways,
    "aws:ec2/natGateway:NatGateway": gateways,
  });

  describe.each([
    { zones: 2, natStrategy: "none", expected: withoutNat(6, 3, 4) },
    { zones: 2, natStrategy: "single", expected: { ...withoutNat(6, 4, 6), ...withNat(3, 1) } },
    { zones: 2, natStrategy: "perAz", expected: { ...withoutNat(6, 4, 6), ...withNat(3, 2) } },
    { zones: 3, natStrategy: "none", expected: withoutNat(9, 4, 6) },
    { zones: 3, natStrategy: "single", expected: { ...withoutNat(9, 5, 9), ...withNat(4, 1) } },
    { zones: 3, natStrategy: "perAz", expected: { ...withoutNat(9, 5, 9), ...withNat(4, 3) } },
  ] as const)("in $zones zones with NAT $natStrategy", ({ zones, natStrategy, expected }) => {
    it("is made of these resources and no others", async () => {
      expect(counts(await deploy(zones, natStrategy))).toEqual(expected);
    });

    it("adds a security group and an endpoint for each AWS API that is asked for", async () => {
      expect(counts(await deploy(zones, natStrategy, ["secretsmanager", "kms"]))).toEqual({
        ...expected,
        "aws:ec2/securityGroup:SecurityGroup": 1,
        "aws:ec2/vpcEndpoint:VpcEndpoint": 3,
      });
    });
  });

  describe("its addresses", () => {
    let recorded: Recorded[];
    beforeAll(async () => {
      recorded = await deploy(3, "perAz");
    });

    it("are the configured block, with names from AWS's own resolver", () => {
      expect(only(recorded, "aws:ec2/vpc:Vpc").inputs).toEqual({
        cidrBlock: "10.0.0.0/16",
        enableDnsSupport: true,
        enableDnsHostnames: true,
        tags: { Name: "vpc-pr-7" },
      });
    });

    it.each([
      ["public-1", "10.0.0.0/24", "euw1-az1"],
      ["public-2", "10.0.1.0/24", "euw1-az2"],
      ["public-3", "10.0.2.0/24", "euw1-az3"],
      ["private-1", "10.0.10.0/24", "euw1-az1"],
      ["private-2", "10.0.11.0/24", "euw1-az2"],
      ["private-3", "10.0.12.0/24", "euw1-az3"],
      ["data-1", "10.0.20.0/24", "euw1-az1"],
      ["data-2", "10.0.21.0/24", "euw1-az2"],
      ["data-3", "10.0.22.0/24", "euw1-az3"],
    ])("of subnet %s are %s in zone %s, and nothing in it gets a public one", (name, cidrBlock, availabilityZoneId) => {
      expect(only(recorded, "aws:ec2/subnet:Subnet", name).inputs).toEqual({
        vpcId: "Vpc-vpc",
        cidrBlock,
        availabilityZoneId,
        mapPublicIpOnLaunch: false,
        tags: { Name: `subnet-${name}-pr-7` },
      });
    });
  });

  it("empties the default security group", async () => {
    expect(only(await deploy(2, "single"), "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").inputs).toEqual({
      vpcId: "Vpc-vpc",
      ingress: [],
      egress: [],
      tags: { Name: "vpc-default-pr-7" },
    });
  });

  describe("its routes", () => {
    const local = [
      "Subnet-data-1 > RouteTable-data",
      "Subnet-data-2 > RouteTable-data",
      "Subnet-private-1 > RouteTable-private-1",
      "Subnet-private-2 > RouteTable-private-2",
    ];
    const overPublic = ["Subnet-public-1 > RouteTable-public", "Subnet-public-2 > RouteTable-public"];

    it("without NAT lead nowhere outside", async () => {
      const recorded = await deploy(2, "none");
      expect(routes(recorded)).toEqual([]);
      expect(associations(recorded)).toEqual(local);
    });

    it("with one NAT gateway lead there from every private subnet, and from no data subnet", async () => {
      const recorded = await deploy(2, "single");
      expect(routes(recorded)).toEqual([
        "RouteTable-private-1: 0.0.0.0/0 > NatGateway-nat-1",
        "RouteTable-private-2: 0.0.0.0/0 > NatGateway-nat-1",
        "RouteTable-public: 0.0.0.0/0 > InternetGateway-igw",
      ]);
      expect(associations(recorded)).toEqual([...local, ...overPublic]);
    });

    it("with a NAT gateway in each zone stay in the zone", async () => {
      const recorded = await deploy(2, "perAz");
      expect(routes(recorded)).toEqual([
        "RouteTable-private-1: 0.0.0.0/0 > NatGateway-nat-1",
        "RouteTable-private-2: 0.0.0.0/0 > NatGateway-nat-2",
        "RouteTable-public: 0.0.0.0/0 > InternetGateway-igw",
      ]);
      expect(associations(recorded)).toEqual([...local, ...overPublic]);
    });

    it("are in tables of this VPC", async () => {
      const tables = all(await deploy(2, "perAz"), "aws:ec2/routeTable:RouteTable").map(({ inputs }) => inputs);
      expect(tables).toEqual(
        ["rt-data", "rt-private-1", "rt-private-2", "rt-public"].map((name) => ({
          vpcId: "Vpc-vpc",
          tags: { Name: `${name}-pr-7` },
        })),
      );
    });
  });

  describe("its NAT gateways", () => {
    it("stand in the public subnet of their zone, each with an address of its own", async () => {
      const recorded = await deploy(2, "perAz");
      expect(all(recorded, "aws:ec2/natGateway:NatGateway").map(({ inputs }) => inputs)).toEqual([
        { allocationId: "Eip-nat-1", subnetId: "Subnet-public-1", tags: { Name: "nat-1-pr-7" } },
        { allocationId: "Eip-nat-2", subnetId: "Subnet-public-2", tags: { Name: "nat-2-pr-7" } },
      ]);
      expect(all(recorded, "aws:ec2/eip:Eip").map(({ inputs }) => inputs)).toEqual([
        { domain: "vpc", tags: { Name: "nat-1-pr-7" } },
        { domain: "vpc", tags: { Name: "nat-2-pr-7" } },
      ]);
    });

    it("are made when the way to the internet is there", async () => {
      const recorded = await deploy(2, "single");
      expect(only(recorded, "aws:ec2/internetGateway:InternetGateway").inputs).toEqual({
        vpcId: "Vpc-vpc",
        tags: { Name: "igw-pr-7" },
      });
      expect(only(recorded, "aws:ec2/natGateway:NatGateway").dependsOn).toEqual(["Route public-internet"]);
      expect(only(recorded, "aws:ec2/eip:Eip").dependsOn).toEqual(["InternetGateway igw"]);
    });
  });

  it("reaches S3 by a gateway endpoint from private and data subnets, for the layers of images only", async () => {
    const { policy, ...inputs } = only(await deploy(2, "none"), "aws:ec2/vpcEndpoint:VpcEndpoint", "s3").inputs;
    expect(inputs).toEqual({
      vpcId: "Vpc-vpc",
      serviceName: "com.amazonaws.eu-west-1.s3",
      vpcEndpointType: "Gateway",
      routeTableIds: ["RouteTable-private-1", "RouteTable-private-2"],
      tags: { Name: "vpce-s3-pr-7" },
    });
    expect(statements(policy)).toEqual([
      {
        Effect: "Allow",
        Principal: "*",
        Action: "s3:GetObject",
        Resource: "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*",
      },
    ]);
  });

  describe("its interface endpoints", () => {
    const every = Object.keys(interfaceEndpointActions) as InterfaceEndpoint[];
    let recorded: Recorded[];
    beforeAll(async () => {
      recorded = await deploy(2, "none", every);
    });

    it.each([
      [
        "secretsmanager",
        [
          "secretsmanager:DescribeSecret",
          "secretsmanager:GetRandomPassword",
          "secretsmanager:GetSecretValue",
          "secretsmanager:PutSecretValue",
          "secretsmanager:UpdateSecretVersionStage",
        ],
      ],
      ["elasticache", ["elasticache:DescribeReplicationGroups", "elasticache:ModifyReplicationGroup"]],
      ["kms", ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"]],
      ["logs", ["logs:CreateLogStream", "logs:FilterLogEvents", "logs:PutLogEvents"]],
      ["xray", ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]],
      [
        "ecr.api",
        [
          "ecr:BatchCheckLayerAvailability",
          "ecr:BatchGetImage",
          "ecr:GetAuthorizationToken",
          "ecr:GetDownloadUrlForLayer",
        ],
      ],
      [
        "ecr.dkr",
        [
          "ecr:BatchCheckLayerAvailability",
          "ecr:BatchGetImage",
          "ecr:GetAuthorizationToken",
          "ecr:GetDownloadUrlForLayer",
        ],
      ],
    ])("let %s be called from the private subnets, by this account, for what the platform does", (service, actions) => {
      const { policy, ...inputs } = only(recorded, "aws:ec2/vpcEndpoint:VpcEndpoint", service).inputs;
      expect(inputs).toEqual({
        vpcId: "Vpc-vpc",
        serviceName: `com.amazonaws.eu-west-1.${service}`,
        vpcEndpointType: "Interface",
        privateDnsEnabled: true,
        subnetIds: ["Subnet-private-1", "Subnet-private-2"],
        securityGroupIds: ["SecurityGroup-endpoints"],
        tags: { Name: `vpce-${service.replace(".", "-")}-pr-7` },
      });
      expect(statements(policy)).toEqual([
        {
          Effect: "Allow",
          Principal: "*",
          Action: actions,
          Resource: "*",
          Condition: { StringEquals: { "aws:PrincipalAccount": "123456789012" } },
        },
      ]);
    });

    it("are these seven and the one for S3", () => {
      expect(all(recorded, "aws:ec2/vpcEndpoint:VpcEndpoint")).toHaveLength(8);
    });

    it("share a security group that admits nobody by itself", () => {
      expect(only(recorded, "aws:ec2/securityGroup:SecurityGroup").inputs).toEqual({
        name: "endpoints-pr-7",
        vpcId: "Vpc-vpc",
        description: "Interface endpoints of AWS APIs",
        revokeRulesOnDelete: true,
        tags: { Name: "endpoints-pr-7" },
      });
    });
  });

  describe("its flow log", () => {
    let recorded: Recorded[];
    beforeAll(async () => {
      recorded = await deploy(2, "single");
    });

    it("records accepted and refused traffic, every minute, once it may deliver", () => {
      const flowLog = only(recorded, "aws:ec2/flowLog:FlowLog");
      expect(flowLog.inputs).toEqual({
        vpcId: "Vpc-vpc",
        trafficType: "ALL",
        logDestination: "arn:LogGroup-flow-logs",
        iamRoleArn: "arn:Role-flow-logs",
        maxAggregationInterval: 60,
        tags: { Name: "vpc-flow-logs-pr-7" },
      });
      expect(flowLog.dependsOn).toEqual(["RolePolicyAttachment flow-logs"]);
    });

    it("goes to an encrypted log group that expires", () => {
      expect(only(recorded, "aws:cloudwatch/logGroup:LogGroup").inputs).toEqual({
        name: "vpc-flow-logs-pr-7",
        kmsKeyId: "arn:logs-key",
        retentionInDays: 30,
      });
    });

    it("is delivered by a role for this account's flow logs that may write to that group only", () => {
      expect(roleOf(recorded, "flow-logs")).toEqual({
        trust: [
          {
            Effect: "Allow",
            Principal: { Service: "vpc-flow-logs.amazonaws.com" },
            Action: "sts:AssumeRole",
            Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
          },
        ],
        allowed: [
          {
            Effect: "Allow",
            Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
            Resource: "arn:aws:logs:eu-west-1:123456789012:log-group:vpc-flow-logs-pr-7:*",
          },
          {
            Effect: "Allow",
            Action: "logs:DescribeLogGroups",
            Resource: "arn:aws:logs:eu-west-1:123456789012:log-group:*",
          },
        ],
      });
    });
  });

  it("tells where its subnets are and how AWS is reached from them", async () => {
    expect(only(await deploy(2, "none", ["kms"]), "tap:network:Vpc").outputs).toEqual({
      vpcId: "Vpc-vpc",
      publicSubnetIds: ["Subnet-public-1", "Subnet-public-2"],
      privateSubnetIds: ["Subnet-private-1", "Subnet-private-2"],
      dataSubnetIds: ["Subnet-data-1", "Subnet-data-2"],
      defaultSecurityGroupId: "DefaultSecurityGroup-default",
      natGatewayIds: [],
      awsAccess: { nat: false, s3PrefixListId: "pl-s3", endpointSecurityGroupId: "SecurityGroup-endpoints" },
    });
    expect(only(await deploy(2, "single"), "tap:network:Vpc").outputs).toMatchObject({
      natGatewayIds: ["NatGateway-nat-1"],
      awsAccess: { nat: true, s3PrefixListId: "pl-s3" },
    });
  });

  it("is the parent of all that belongs to it", async () => {
    const children = (await deploy(3, "perAz", ["kms"])).filter(({ type }) => !/^(tap|pulumi):/.test(type));
    expect(new Set(children.map(({ parent }) => parent))).toEqual(new Set(["Vpc vpc"]));
  });
});
