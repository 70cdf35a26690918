import { regionalArn } from "../../../lib/environment";
import { type Statement } from "../../../lib/iam";
import { logGroupArns } from "./logs";
import { masterSecret } from "./master-secret";
import { namedArns, owned, type Scope } from "./scope";

/**
 * What the roles of environments may do at most, whatever their own policies say (IAM user guide, "Permissions boundaries for IAM entities"). Each role's policy allows
 * a part of it.
 */
export function boundaryStatements(scope: Scope): Statement[] {
  const { region } = scope;
  return [
    {
      Sid: "Logs",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:FilterLogEvents", "logs:PutLogEvents"],
      Resource: logGroupArns(scope),
    },
    {
      Sid: "NamesOfLogGroups",
      Effect: "Allow",
      // Flow logs look for their group among all.
      Action: "logs:DescribeLogGroups",
      Resource: regionalArn(scope, "logs", "log-group:*"),
    },
    {
      Sid: "EnhancedMonitoring",
      Effect: "Allow",
      Action: [
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:DescribeLogStreams",
        "logs:GetLogEvents",
        "logs:PutLogEvents",
        "logs:PutRetentionPolicy",
      ],
      Resource: `${regionalArn(scope, "logs", "log-group:RDSOSMetrics")}:*`,
    },
    {
      Sid: "WithoutResources",
      Effect: "Allow",
      // None of them can be narrowed (Service authorization reference).
      Action: [
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ecr:GetAuthorizationToken",
        "secretsmanager:GetRandomPassword",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
      ],
      Resource: "*",
    },
    {
      Sid: "NetworkInterfacesOfFunctions",
      Effect: "Allow",
      Action: "ec2:CreateNetworkInterface",
      Resource: regionalArn(scope, "ec2", "network-interface/*"),
    },
    {
      Sid: "ChangeNetworkInterfacesOfFunctions",
      Effect: "Allow",
      Action: ["ec2:AssignPrivateIpAddresses", "ec2:DeleteNetworkInterface", "ec2:UnassignPrivateIpAddresses"],
      // Lambda makes sure before it makes a function, and names no kind (Lambda developer guide, "Giving Lambda functions access to resources in an Amazon VPC").
      Resource: regionalArn(scope, "ec2", "*/*"),
    },
    {
      Sid: "InOwnNetwork",
      Effect: "Allow",
      Action: "ec2:CreateNetworkInterface",
      Resource: ["subnet/*", "security-group/*"].map((resource) => regionalArn(scope, "ec2", resource)),
      Condition: owned(scope),
    },
    {
      Sid: "Secrets",
      Effect: "Allow",
      Action: [
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
      ],
      Resource: namedArns(scope, "secretsmanager", "secret:", "Secrets Manager secret", "-??????"),
    },
    { ...masterSecret(scope), Action: "secretsmanager:GetSecretValue" },
    {
      Sid: "KeyOfSecrets",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: regionalArn(scope, "kms", "key/*"),
      Condition: { ...owned(scope), StringEquals: { "kms:ViaService": `secretsmanager.${region}.amazonaws.com` } },
    },
    {
      Sid: "RedisToken",
      Effect: "Allow",
      Action: ["elasticache:DescribeReplicationGroups", "elasticache:ModifyReplicationGroup"],
      Resource: namedArns(scope, "elasticache", "replicationgroup:", "ElastiCache replication group"),
    },
    {
      Sid: "SignInToDatabase",
      Effect: "Allow",
      Action: "rds-db:connect",
      // AWS chooses the instance's identifier.
      Resource: regionalArn(scope, "rds-db", "dbuser:*/analytics"),
    },
    {
      Sid: "PullImages",
      Effect: "Allow",
      Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      // Images may come from a registry of another account.
      Resource: `arn:${scope.partition}:ecr:*:*:repository/*`,
    },
  ];
}
