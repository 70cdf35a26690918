import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type Bundle } from "./bundle";
import { regionalArn, type Environment } from "./environment";
import { createServiceRole, lambdaTrust, resolveStatements, type Statement, type StatementArgs } from "./iam";
import { createLogGroup, type LogGroupsArgs } from "./log-groups";
import { type FunctionType, resourceName, serviceLogGroups } from "./naming";
import { allowAwsApis, createSecurityGroup, type AwsAccess } from "./security-groups";

/** The network that functions stand in. */
export interface FunctionNetwork {
  vpcId: pulumi.Input<string>;
  /** Private subnets in at least two zones. */
  privateSubnetIds: pulumi.Input<string>[];
  /** The VPC's own group, without a rule: a function is moved into it before it is deleted. */
  defaultSecurityGroupId: pulumi.Input<string>;
  awsAccess: AwsAccess;
  /** Routes and endpoints, without which what stands in the private subnets reaches no API of AWS. */
  pathsToAws: pulumi.Resource[];
}

export interface VpcFunctionArgs {
  environment: Environment;
  network: FunctionNetwork;
  /** Names the function and everything it needs. */
  type: FunctionType;
  description: string;
  code: Bundle;
  /** What the code needs to be there before it may take the place of the one before. */
  after: pulumi.Resource[];
  /** MiB. */
  memorySize: number;
  /** Seconds, at most 900. */
  timeout: number;
  /** Executions at once; undefined shares the account's. */
  reservedConcurrentExecutions: number | undefined;
  /** Never a secret's value: anyone who may describe the function can read them. */
  variables: Record<string, pulumi.Input<string>>;
  /** What the function may do beside writing its log, being traced and having its network interface. */
  statements: StatementArgs[];
  logs: LogGroupsArgs;
}

/** A function in the private subnets with a role, a security group and a log group of its own. */
export interface VpcFunction {
  function: aws.lambda.Function;
  securityGroupId: pulumi.Output<string>;
  /** What must exist before the function can reach AWS's APIs: who invokes it during the same `up` waits for that. */
  pathsToAws: pulumi.Resource[];
}

/** AWS's Node.js runtimes trust the certificate authorities of RDS only when told where they are (Lambda developer guide, "Node.js"). */
const lambdaCertificateAuthorities = "/var/runtime/ca-cert.pem";

/** Makes a function and what belongs to it as children of a component (FSBP Lambda.2; Security Hub Lambda.3, Lambda.7). */
export function createVpcFunction(parent: pulumi.Resource, name: string, args: VpcFunctionArgs): VpcFunction {
  const { environment, network, type } = args;
  const functionName = resourceName(type, environment.environmentSuffix);
  const logGroupName = serviceLogGroups.lambda(functionName);

  const securityGroup = createSecurityGroup(
    parent,
    name,
    {
      type,
      environmentSuffix: environment.environmentSuffix,
      vpcId: network.vpcId,
      // EC2 takes fewer characters than Lambda.
      description: `Function ${type}`,
    },
    // As long as for the subnets, where the interfaces could not be moved out of the group.
    { delete: "60m" },
  );
  const rules = allowAwsApis(parent, { name, securityGroupId: securityGroup.id }, network.awsAccess);
  const logGroup = createLogGroup(parent, name, logGroupName, args.logs);
  const role = createServiceRole(parent, name, {
    environment,
    type,
    trust: lambdaTrust,
    statements: pulumi
      .all([
        resolveStatements(args.statements),
        pulumi.all(network.privateSubnetIds),
        pulumi.all([securityGroup.id, network.defaultSecurityGroupId]),
      ])
      .apply(([statements, subnetIds, securityGroupIds]) => [
        ...logStatements(environment, logGroupName),
        ...traceStatements,
        ...networkInterfaceStatements(environment, subnetIds, securityGroupIds),
        ...statements,
      ]),
  });
  const lambda = new aws.lambda.Function(
    name,
    {
      name: functionName,
      description: args.description,
      runtime: aws.lambda.Runtime.NodeJS22dX,
      architectures: ["arm64"],
      handler: "index.handler",
      code: args.code.archive,
      role: role.arn,
      memorySize: args.memorySize,
      timeout: args.timeout,
      reservedConcurrentExecutions: args.reservedConcurrentExecutions,
      environment: { variables: { ...args.variables, NODE_EXTRA_CA_CERTS: lambdaCertificateAuthorities } },
      tracingConfig: { mode: "Active" },
      loggingConfig: {
        logFormat: "JSON",
        logGroup: logGroup.name,
        applicationLogLevel: "INFO",
        systemLogLevel: "WARN",
      },
      vpcConfig: { subnetIds: network.privateSubnetIds, securityGroupIds: [securityGroup.id] },
      // A deleted function's network interfaces hold its security group for up to 45 minutes; they are moved to the VPC's empty default group.
      replaceSecurityGroupsOnDestroy: true,
    },
    { parent, dependsOn: [role.ready, ...args.after] },
  );
  return {
    function: lambda,
    securityGroupId: securityGroup.id,
    pathsToAws: [...rules, ...network.pathsToAws],
  };
}

function logStatements(environment: Environment, logGroupName: string): Statement[] {
  return [
    {
      Sid: "WriteLog",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `${regionalArn(environment, "logs", `log-group:${logGroupName}`)}:*`,
    },
  ];
}

/** X-Ray has no resources to narrow these to (Service authorization reference, "AWS X-Ray"). */
const traceStatements: Statement[] = [
  { Sid: "Trace", Effect: "Allow", Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], Resource: "*" },
];

/**
 * Lambda makes the function's network interfaces in its name, in its subnets and with its security groups only. It refuses the function unless the role may
 * delete what has whatever identifier; there are only network interfaces to which that applies (Lambda developer guide, "Giving Lambda functions access to resources in an Amazon VPC").
 */
function networkInterfaceStatements(
  environment: Environment,
  subnetIds: string[],
  securityGroupIds: string[],
): Statement[] {
  return [
    {
      Sid: "CreateNetworkInterface",
      Effect: "Allow",
      Action: "ec2:CreateNetworkInterface",
      Resource: [
        ...subnetIds.map((subnetId) => regionalArn(environment, "ec2", `subnet/${subnetId}`)),
        ...securityGroupIds.map((id) => regionalArn(environment, "ec2", `security-group/${id}`)),
        regionalArn(environment, "ec2", "network-interface/*"),
      ],
    },
    {
      Sid: "ChangeNetworkInterface",
      Effect: "Allow",
      Action: ["ec2:AssignPrivateIpAddresses", "ec2:DeleteNetworkInterface", "ec2:UnassignPrivateIpAddresses"],
      Resource: regionalArn(environment, "ec2", "*/*"),
    },
    {
      Sid: "DescribeNetworkInterfaces",
      Effect: "Allow",
      // EC2 cannot narrow what is described (Service authorization reference, "Amazon EC2").
      Action: ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"],
      Resource: "*",
    },
  ];
}
