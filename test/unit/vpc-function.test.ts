import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { createVpcFunction, type VpcFunctionArgs } from "../../lib/vpc-function";
import { environment, logs, network, prerequisite, roleOf, rules } from "./fixtures";
import { counts, only, record, type Recorded } from "./recorder";

const args = (): VpcFunctionArgs => ({
  environment,
  network: network(),
  type: "records-service",
  description: "Work",
  code: {
    archive: new pulumi.asset.AssetArchive({ "index.mjs": new pulumi.asset.StringAsset("code") }),
    sha256: "0a",
  },
  after: [prerequisite("schema")],
  memorySize: 256,
  timeout: 10,
  reservedConcurrentExecutions: 5,
  variables: { ENVIRONMENT: "pr-7" },
  statements: [
    {
      Effect: "Allow",
      Action: "secretsmanager:GetSecretValue",
      Resource: [pulumi.output("arn:secret"), "arn:other"],
    },
  ],
  logs,
});

const deploy = (overrides: Partial<VpcFunctionArgs> = {}) =>
  record(() => {
    const parent = new pulumi.ComponentResource("tap:test:Parent", "parent");
    createVpcFunction(parent, "work", { ...args(), ...overrides });
    return parent;
  });

describe("a function in the VPC", () => {
  let recorded: Recorded[];
  beforeAll(async () => {
    recorded = await deploy();
  });

  it("has a role, a security group and a log of its own", () => {
    expect(counts(recorded)).toEqual({
      "aws:lambda/function:Function": 1,
      "aws:ec2/securityGroup:SecurityGroup": 1,
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": 1,
      "aws:cloudwatch/logGroup:LogGroup": 1,
      "aws:iam/role:Role": 1,
      "aws:iam/policy:Policy": 1,
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment": 1,
      "random:index/randomPassword:RandomPassword": 1,
    });
    const children = recorded.filter(({ type }) => type.startsWith("aws:"));
    expect(new Set(children.map(({ parent }) => parent))).toEqual(new Set(["Parent parent"]));
  });

  it("runs traced, in the private subnets, with its code, and logs JSON to its own group", () => {
    expect(only(recorded, "aws:lambda/function:Function").inputs).toEqual({
      name: "records-service-pr-7",
      description: "Work",
      runtime: "nodejs22.x",
      architectures: ["arm64"],
      handler: "index.handler",
      code: { "index.mjs": "code" },
      role: "arn:Role-work",
      memorySize: 256,
      timeout: 10,
      reservedConcurrentExecutions: 5,
      environment: { variables: { ENVIRONMENT: "pr-7", NODE_EXTRA_CA_CERTS: "/var/runtime/ca-cert.pem" } },
      tracingConfig: { mode: "Active" },
      loggingConfig: {
        logFormat: "JSON",
        logGroup: "/aws/lambda/records-service-pr-7",
        applicationLogLevel: "INFO",
        systemLogLevel: "WARN",
      },
      vpcConfig: { subnetIds: ["subnet-1", "subnet-2"], securityGroupIds: ["SecurityGroup-work"] },
      replaceSecurityGroupsOnDestroy: true,
    });
  });

  it("comes after its permissions, its log group and what its code needs", () => {
    const { dependencies, dependsOn } = only(recorded, "aws:lambda/function:Function");
    expect(dependsOn).toEqual(["RandomPassword schema", "RolePolicyAttachment work"]);
    expect(dependencies).toEqual([
      "LogGroup work",
      "RandomPassword schema",
      "Role work",
      "RolePolicyAttachment work",
      "SecurityGroup work",
    ]);
  });

  it("shares the account's concurrency unless some is reserved", async () => {
    const { inputs } = only(await deploy({ reservedConcurrentExecutions: undefined }), "aws:lambda/function:Function");
    expect(inputs).not.toHaveProperty("reservedConcurrentExecutions");
  });

  it("writes to an encrypted log group that expires", () => {
    expect(only(recorded, "aws:cloudwatch/logGroup:LogGroup").inputs).toEqual({
      name: "/aws/lambda/records-service-pr-7",
      kmsKeyId: "arn:logs-key",
      retentionInDays: 30,
    });
  });

  it("may write its log, be traced, have its network interface, and do what it is for", () => {
    expect(roleOf(recorded, "work")).toEqual({
      trust: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
      allowed: [
        {
          Sid: "WriteLog",
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
          Resource: "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/records-service-pr-7:*",
        },
        {
          Sid: "Trace",
          Effect: "Allow",
          Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
          Resource: "*",
        },
        {
          Sid: "CreateNetworkInterface",
          Effect: "Allow",
          Action: "ec2:CreateNetworkInterface",
          Resource: [
            "arn:aws:ec2:eu-west-1:123456789012:subnet/subnet-1",
            "arn:aws:ec2:eu-west-1:123456789012:subnet/subnet-2",
            "arn:aws:ec2:eu-west-1:123456789012:security-group/SecurityGroup-work",
            "arn:aws:ec2:eu-west-1:123456789012:security-group/sg-default",
            "arn:aws:ec2:eu-west-1:123456789012:network-interface/*",
          ],
        },
        {
          Sid: "ChangeNetworkInterface",
          Effect: "Allow",
          Action: ["ec2:AssignPrivateIpAddresses", "ec2:DeleteNetworkInterface", "ec2:UnassignPrivateIpAddresses"],
          Resource: "arn:aws:ec2:eu-west-1:123456789012:*/*",
        },
        {
          Sid: "DescribeNetworkInterfaces",
          Effect: "Allow",
          Action: ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"],
          Resource: "*",
        },
        { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: ["arn:secret", "arn:other"] },
      ],
    });
  });

  it("reaches AWS through NAT, by the interface endpoints, or both, and nothing else", async () => {
    const endpointSecurityGroupId = pulumi.output("sg-endpoints");
    expect(rules(recorded)).toEqual({ egress: ["SecurityGroup-work > 0.0.0.0/0 : 443"], ingress: [] });
    expect(rules(await deploy({ network: network({ endpointSecurityGroupId }) }))).toEqual({
      egress: ["SecurityGroup-work > 0.0.0.0/0 : 443", "SecurityGroup-work > sg-endpoints : 443"],
      ingress: ["SecurityGroup-work > sg-endpoints : 443"],
    });
    expect(rules(await deploy({ network: network({ nat: false, endpointSecurityGroupId }) }))).toEqual({
      egress: ["SecurityGroup-work > sg-endpoints : 443"],
      ingress: ["SecurityGroup-work > sg-endpoints : 443"],
    });
  });

  it("tells what must exist before it reaches AWS: its own rules, the network's routes and endpoints", async () => {
    const endpointSecurityGroupId = pulumi.output("sg-endpoints");
    const waiting = await record(() => {
      const parent = new pulumi.ComponentResource("tap:test:Parent", "parent");
      const { pathsToAws } = createVpcFunction(parent, "work", {
        ...args(),
        network: network({ endpointSecurityGroupId }, [prerequisite("route")]),
      });
      return new random.RandomPassword("caller", { length: 16 }, { dependsOn: pathsToAws });
    });
    expect(only(waiting, "random:index/randomPassword:RandomPassword", "caller").dependsOn).toEqual([
      "RandomPassword route",
      "SecurityGroupEgressRule work-to-endpoints",
      "SecurityGroupEgressRule work-to-internet",
      "SecurityGroupIngressRule endpoints-from-work",
    ]);
  });
});
