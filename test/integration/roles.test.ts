import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  ListAttachedRolePoliciesCommand,
  paginateListRolePolicies,
  paginateListRoles,
} from "@aws-sdk/client-iam";
import { DescribeTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { privateRegistry } from "../../lib/config";
import { type FunctionType } from "../../lib/naming";
import { defaultSecurityGroupId, findDatabase, namesOfEnvironment, roles, secretArn, securityGroupId } from "./lookups";
import {
  accountId,
  arnOf,
  aws,
  canonical,
  collect,
  listOf,
  nameOf,
  only,
  outputs,
  parsePolicy,
  partition,
  type PolicyDocument,
  type PolicyStatement,
  present,
  region,
} from "./stack";

type Role = (typeof roles)[number];

const forAccount = { Condition: { StringEquals: { "aws:SourceAccount": accountId } } };

/** Service that may take on each role, and for whom: Lambda and CloudTrail do not say. */
const services: Record<Role, { host: string; for?: object }> = {
  "ecs-execution": { host: "ecs-tasks.amazonaws.com", for: forAccount },
  "ecs-task": { host: "ecs-tasks.amazonaws.com", for: forAccount },
  "rds-monitoring": { host: "monitoring.rds.amazonaws.com", for: forAccount },
  "database-rotation": { host: "lambda.amazonaws.com" },
  "records-operations": { host: "lambda.amazonaws.com" },
  "records-service": { host: "lambda.amazonaws.com" },
  "redis-rotation": { host: "lambda.amazonaws.com" },
  "schema-migration": { host: "lambda.amazonaws.com" },
  "trail-delivery": { host: "cloudtrail.amazonaws.com" },
  "vpc-flow-logs": { host: "vpc-flow-logs.amazonaws.com", for: forAccount },
};

const { kmsKeyArns, privateSubnetIds, redisAuthSecretArn } = outputs;

const logGroupArn = (name: string) => arnOf("logs", `log-group:${name}`);

const allow = (
  Sid: string | undefined,
  Action: string | string[],
  Resource: string | string[],
  Condition?: object,
) => ({
  ...(Sid === undefined ? {} : { Sid }),
  Effect: "Allow",
  Action,
  Resource,
  ...(Condition === undefined ? {} : { Condition }),
});

const throughSecretsManager = {
  StringEquals: { "kms:ViaService": `secretsmanager.${region}.amazonaws.com` },
};

const writeLog = ["logs:CreateLogStream", "logs:PutLogEvents"];

/** What every function of ours may do. */
async function functionStatements(type: FunctionType): Promise<PolicyStatement[]> {
  const groupIds = [await securityGroupId(type), await defaultSecurityGroupId()];
  return [
    allow("WriteLog", writeLog, `${logGroupArn(`/aws/lambda/${nameOf(type)}`)}:*`),
    allow("Trace", ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "*"),
    allow("CreateNetworkInterface", "ec2:CreateNetworkInterface", [
      ...privateSubnetIds.map((id) => arnOf("ec2", `subnet/${id}`)),
      ...groupIds.map((id) => arnOf("ec2", `security-group/${id}`)),
      arnOf("ec2", "network-interface/*"),
    ]),
    allow(
      "ChangeNetworkInterface",
      ["ec2:AssignPrivateIpAddresses", "ec2:DeleteNetworkInterface", "ec2:UnassignPrivateIpAddresses"],
      arnOf("ec2", "*/*"),
    ),
    allow("DescribeNetworkInterfaces", ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"], "*"),
  ];
}

async function pullStatements(): Promise<PolicyStatement[]> {
  const { taskDefinition } = await aws.ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: outputs.ecsTaskDefinitionArn }),
  );
  const registry = privateRegistry(only(taskDefinition?.containerDefinitions, "container").image ?? "");
  if (!registry) return [];
  const repository = `arn:${partition}:ecr:${registry.region}:${registry.account}:repository/${registry.repository}`;
  return [
    allow(
      "PullImage",
      ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      repository,
    ),
    allow("SignInToRegistry", "ecr:GetAuthorizationToken", "*"),
  ];
}

const readServiceSecrets = async () => [
  allow("ReadCredentials", "secretsmanager:GetSecretValue", [await secretArn("records-database"), redisAuthSecretArn]),
  allow("UseSecretsKey", "kms:Decrypt", kmsKeyArns.secrets, throughSecretsManager),
];

const readMasterCredentials = allow(
  "ReadMasterCredentials",
  "secretsmanager:GetSecretValue",
  arnOf("secretsmanager", "secret:rds!db-*"),
  { StringEquals: { "aws:ResourceTag/aws:rds:primaryDBInstanceArn": arnOf("rds", `db:${nameOf("rds-postgres")}`) } },
);

const writeSecrets = [
  allow("GeneratePassword", "secretsmanager:GetRandomPassword", "*"),
  allow("UseSecretsKey", ["kms:Decrypt", "kms:GenerateDataKey"], kmsKeyArns.secrets, throughSecretsManager),
];

const rotate = (arn: string) => [
  allow(
    "RotateSecret",
    [
      "secretsmanager:DescribeSecret",
      "secretsmanager:GetSecretValue",
      "secretsmanager:PutSecretValue",
      "secretsmanager:UpdateSecretVersionStage",
    ],
    arn,
  ),
  ...writeSecrets,
];

/** All that each role may do. */
const permissions: Record<Role, () => Promise<PolicyStatement[]>> = {
  "ecs-execution": async () => [
    allow("WriteLog", writeLog, `${logGroupArn(nameOf("ecs-analytics"))}:*`),
    allow("ReadCredentials", "secretsmanager:GetSecretValue", redisAuthSecretArn),
    allow("UseSecretsKey", "kms:Decrypt", kmsKeyArns.secrets, throughSecretsManager),
    ...(await pullStatements()),
  ],
  "ecs-task": async () => [
    allow(
      "SignInToDatabase",
      "rds-db:connect",
      arnOf("rds-db", `dbuser:${(await findDatabase()).DbiResourceId ?? ""}/analytics`),
    ),
  ],
  "rds-monitoring": () =>
    Promise.resolve([
      allow(undefined, ["logs:CreateLogGroup", "logs:PutRetentionPolicy"], `${logGroupArn("RDSOSMetrics")}:*`),
      allow(
        undefined,
        ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams", "logs:GetLogEvents"],
        `${logGroupArn("RDSOSMetrics")}:log-stream:*`,
      ),
    ]),
  "records-service": async () => [
    ...(await functionStatements("records-service")),
    ...(await readServiceSecrets()),
    allow("WriteAuditLog", writeLog, `${logGroupArn(outputs.auditLogGroupName)}:*`),
  ],
  "records-operations": async () => [
    ...(await functionStatements("records-operations")),
    ...(await readServiceSecrets()),
    allow(
      "ReadAndWriteAuditLog",
      ["logs:CreateLogStream", "logs:FilterLogEvents", "logs:PutLogEvents"],
      `${logGroupArn(outputs.auditLogGroupName)}:*`,
    ),
  ],
  "schema-migration": async () => [
    ...(await functionStatements("schema-migration")),
    readMasterCredentials,
    allow(
      "GiveServiceCredentials",
      ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"],
      await secretArn("records-database"),
    ),
    ...writeSecrets,
  ],
  "database-rotation": async () => [
    ...(await functionStatements("database-rotation")),
    readMasterCredentials,
    ...rotate(await secretArn("records-database")),
  ],
  "redis-rotation": async () => [
    ...(await functionStatements("redis-rotation")),
    ...rotate(redisAuthSecretArn),
    allow(
      "ChangeToken",
      ["elasticache:DescribeReplicationGroups", "elasticache:ModifyReplicationGroup"],
      arnOf("elasticache", `replicationgroup:${nameOf("redis")}`),
    ),
  ],
  "trail-delivery": () =>
    Promise.resolve([
      allow("WriteLog", writeLog, `${logGroupArn(nameOf("cloudtrail"))}:log-stream:${accountId}_CloudTrail_*`),
    ]),
  "vpc-flow-logs": () =>
    Promise.resolve([
      allow(undefined, [...writeLog, "logs:DescribeLogStreams"], `${logGroupArn(nameOf("vpc-flow-logs"))}:*`),
      allow(undefined, "logs:DescribeLogGroups", logGroupArn("*")),
    ]),
};

/** The documents of all policies attached to a role. */
async function policiesOf(role: Role): Promise<{ name: string | undefined; document: PolicyDocument }[]> {
  const { AttachedPolicies = [] } = await aws.iam.send(new ListAttachedRolePoliciesCommand({ RoleName: nameOf(role) }));
  return Promise.all(
    AttachedPolicies.map(async ({ PolicyArn, PolicyName }) => {
      const { Policy } = await aws.iam.send(new GetPolicyCommand({ PolicyArn }));
      const { PolicyVersion } = await aws.iam.send(
        new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId }),
      );
      const document = decodeURIComponent(present(PolicyVersion?.Document, "policy document"));
      return { name: PolicyName, document: parsePolicy(document) };
    }),
  );
}

test("of the environment are these", async () => {
  const all = await collect(paginateListRoles({ client: aws.iam }, {}), (page) => page.Roles);
  const ours = all.filter(({ RoleName = "" }) => namesOfEnvironment.has(RoleName)).map(({ RoleName }) => RoleName);
  expect(ours.sort()).toEqual(roles.map(nameOf).sort());
});

describe.each(roles)("%s", (role) => {
  test("can be taken on by its one service, for whom it says that it acts", async () => {
    const { Role } = await aws.iam.send(new GetRoleCommand({ RoleName: nameOf(role) }));
    const { host, for: condition } = services[role];
    const { Statement } = parsePolicy(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ""));
    expect(canonical(Statement)).toEqual(
      canonical([{ Effect: "Allow", Principal: { Service: host }, Action: "sts:AssumeRole", ...condition }]),
    );
  });

  test("may do what it needs and nothing else, by the one policy of its name", async () => {
    expect(canonical(await policiesOf(role))).toEqual(
      canonical([{ name: nameOf(role), document: { Version: "2012-10-17", Statement: await permissions[role]() } }]),
    );
    const inline = await collect(
      paginateListRolePolicies({ client: aws.iam }, { RoleName: nameOf(role) }),
      (page) => page.PolicyNames,
    );
    expect(inline).toEqual([]);
  });

  test("has no wildcard action, and no wildcard resource where AWS can narrow it", async () => {
    const statements = (await policiesOf(role)).flatMap(({ document }) => document.Statement);
    expect(statements.length).toBeGreaterThanOrEqual(1);
    expect(statements.flatMap(({ Action }) => listOf(Action)).filter((action) => action.includes("*"))).toEqual([]);
    const everywhere = statements.filter(({ Resource }) => listOf(Resource).includes("*"));
    const narrowable = everywhere
      .flatMap(({ Action }) => listOf(Action))
      .filter(
        (action) =>
          !/^(xray:Put\w+|ec2:Describe\w+|secretsmanager:GetRandomPassword|ecr:GetAuthorizationToken)$/.test(action),
      );
    expect(narrowable).toEqual([]);
  });
});
