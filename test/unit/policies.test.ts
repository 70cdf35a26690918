import "./mocked-bundle";
import {
  encryptedLogGroupArns,
  cacheKeyPolicy,
  databaseKeyPolicy,
  logsKeyPolicy,
  secretsKeyPolicy,
} from "../../lib/kms";
import { secretPolicy } from "../../lib/secrets";
import type { Statement } from "../../lib/iam";
import { functionTypes } from "../../lib/naming";
import { statements } from "./fixtures";
import { accountId, isolated, recordProgram } from "./program";
import { all, only, type Recorded } from "./recorder";

const environment = { environmentSuffix: "dev", region: "eu-west-1", accountId, partition: "aws" };

/** Every policy document in the program: the resource's class and name, the input it stands in, and its statements. */
const documents = (recorded: Recorded[]) =>
  recorded.flatMap(({ type, name, inputs }) =>
    Object.entries(inputs)
      .filter(([, value]) => typeof value === "string" && value.startsWith('{"Version":"2012-10-17"'))
      .map(([input, value]) => ({
        title: `${type.split(":").at(-1) ?? ""} ${name} ${input}`,
        statements: statements(value),
      })),
  );

const list = <T>(value: T | T[] | undefined): T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

describe.each([
  { title: "with NAT, and a trail", configuration: { auditTrail: "true" } },
  { title: "without NAT", configuration: isolated },
] as { title: string; configuration: Record<string, string> }[])("the policies $title", ({ configuration }) => {
  const withoutNat = configuration === isolated;
  let recorded: Recorded[];
  let allowed: { title: string; statement: Statement }[];
  beforeAll(async () => {
    recorded = await recordProgram(configuration);
    allowed = documents(recorded).flatMap(({ title, statements: all }) =>
      all.filter(({ Effect }) => Effect === "Allow").map((statement) => ({ title, statement })),
    );
  });

  it("are these documents and no others", () => {
    const trail = withoutNat ? [] : ["trail-delivery"];
    const roles = ["api-gateway-logs", "execution", "flow-logs", "monitoring", "task", ...functionTypes, ...trail];
    const endpoints = withoutNat ? ["ecr.api", "ecr.dkr", "elasticache", "kms", "logs", "secretsmanager", "xray"] : [];
    expect(
      documents(recorded)
        .map(({ title }) => title)
        .sort(),
    ).toEqual(
      [
        ...roles.map((name) => `Role ${name} assumeRolePolicy`),
        ...roles.filter((name) => name !== "api-gateway-logs").map((name) => `Policy ${name} policy`),
        ...["alerts", "cache", "database", "logs", "secrets"].map((name) => `Key ${name} policy`),
        ...["s3", ...endpoints].map((name) => `VpcEndpoint ${name} policy`),
        "SecretPolicy records-database policy",
        "SecretPolicy redis-auth policy",
        "TopicPolicy alerts policy",
        ...(withoutNat ? [] : ["BucketPolicy trail policy", "Key trail policy"]),
      ].sort(),
    );
  });

  it("say what is allowed, never what is not: no NotAction, NotResource or NotPrincipal", () => {
    const elements = documents(recorded).flatMap(({ statements: all }) =>
      all.flatMap((statement) => Object.keys(statement)),
    );
    expect(new Set(elements)).toEqual(new Set(["Sid", "Effect", "Principal", "Action", "Resource", "Condition"]));
  });

  it("allow no action by wildcard", () => {
    const actions = allowed.flatMap(({ title, statement }) => list(statement.Action).map((action) => [title, action]));
    expect(actions.filter(([, action]) => !/^[a-z0-9-]+:[A-Za-z0-9]+$/.test(action ?? ""))).toEqual([]);
  });

  it("allow every resource only where AWS knows no narrower one", () => {
    const everywhere = allowed
      .filter(({ title, statement }) => title.startsWith("Policy ") && list(statement.Resource).includes("*"))
      .map(({ title, statement }) => [title, ...list(statement.Action)]);
    const network = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"];
    const trace = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"];
    expect(everywhere.sort()).toEqual(
      [
        ...functionTypes.flatMap((type) => [
          [`Policy ${type} policy`, ...trace],
          [`Policy ${type} policy`, ...network],
        ]),
        ...["database-rotation", "redis-rotation", "schema-migration"].map((type) => [
          `Policy ${type} policy`,
          "secretsmanager:GetRandomPassword",
        ]),
        ...(withoutNat ? [["Policy execution policy", "ecr:GetAuthorizationToken"]] : []),
      ].sort(),
    );
  });

  it("name resources of this account, with wildcards only for what is inside of them", () => {
    const resources = allowed
      .filter(({ title }) => title.startsWith("Policy "))
      .flatMap(({ statement }) => list(statement.Resource))
      .filter((resource) => resource.includes("*") && resource !== "*");
    expect([...new Set(resources)].sort()).toEqual(
      [
        "arn:LogGroup-audit:*",
        "arn:aws:ec2:eu-west-1:123456789012:network-interface/*",
        // Only of what a network interface can be deleted; Lambda refuses anything narrower.
        "arn:aws:ec2:eu-west-1:123456789012:*/*",
        // Only their names, among which flow logs look for theirs.
        "arn:aws:logs:eu-west-1:123456789012:log-group:*",
        ...functionTypes.map((type) => `arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/${type}-dev:*`),
        "arn:aws:logs:eu-west-1:123456789012:log-group:RDSOSMetrics:*",
        "arn:aws:logs:eu-west-1:123456789012:log-group:RDSOSMetrics:log-stream:*",
        "arn:aws:logs:eu-west-1:123456789012:log-group:ecs-analytics-dev:*",
        "arn:aws:logs:eu-west-1:123456789012:log-group:vpc-flow-logs-dev:*",
        ...(withoutNat ? [] : [`arn:LogGroup-trail:log-stream:${accountId}_CloudTrail_*`]),
        // Of those only the one that RDS has tagged with this environment's database.
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-*",
      ].sort(),
    );
  });

  it("allow everybody only at the doors of the VPC, and there what the platform does", () => {
    const everybody = allowed.filter(({ statement }) => statement.Principal === "*");
    expect(everybody.filter(({ title }) => !title.startsWith("VpcEndpoint "))).toEqual([]);
    const interfaces = everybody.filter(({ title }) => title !== "VpcEndpoint s3 policy");
    expect(interfaces).toHaveLength(withoutNat ? 7 : 0);
    for (const { statement } of interfaces) {
      expect(statement.Condition).toEqual({ StringEquals: { "aws:PrincipalAccount": accountId } });
    }
  });

  it("let each role be assumed by one service, for this account where the service says for which it acts", () => {
    const trusts = all(recorded, "aws:iam/role:Role").map(({ name, inputs }) => {
      const [statement, ...others] = statements(inputs.assumeRolePolicy);
      expect(others).toEqual([]);
      expect(statement).toMatchObject({ Effect: "Allow", Action: "sts:AssumeRole" });
      const { Service, ...otherPrincipals } = statement?.Principal as Record<string, string>;
      expect(otherPrincipals).toEqual({});
      return [name, Service, ...(statement?.Condition ? [statement.Condition] : [])];
    });
    const thisAccount = { StringEquals: { "aws:SourceAccount": accountId } };
    expect(trusts.sort()).toEqual(
      [
        ["api-gateway-logs", "apigateway.amazonaws.com"],
        ["execution", "ecs-tasks.amazonaws.com", thisAccount],
        ["flow-logs", "vpc-flow-logs.amazonaws.com", thisAccount],
        ["monitoring", "monitoring.rds.amazonaws.com", thisAccount],
        ...functionTypes.map((type) => [type, "lambda.amazonaws.com"]),
        ["task", "ecs-tasks.amazonaws.com", thisAccount],
        ...(withoutNat ? [] : [["trail-delivery", "cloudtrail.amazonaws.com"]]),
      ].sort(),
    );
  });

  it("are attached to their own role, one to each, and none stands inside a role", () => {
    const attachments = all(recorded, "aws:iam/rolePolicyAttachment:RolePolicyAttachment").map(({ inputs }) => inputs);
    const expected = [
      { role: "ecs-execution-dev", policyArn: "arn:Policy-execution" },
      { role: "ecs-task-dev", policyArn: "arn:Policy-task" },
      {
        role: "api-gateway-cloudwatch-logs",
        policyArn: "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
      },
      { role: "rds-monitoring-dev", policyArn: "arn:Policy-monitoring" },
      { role: "vpc-flow-logs-dev", policyArn: "arn:Policy-flow-logs" },
      ...functionTypes.map((type) => ({ role: `${type}-dev`, policyArn: `arn:Policy-${type}` })),
      ...(withoutNat ? [] : [{ role: "trail-delivery-dev", policyArn: "arn:Policy-trail-delivery" }]),
    ];
    expect(attachments).toHaveLength(expected.length);
    expect(attachments).toEqual(expect.arrayContaining(expected));
    const iam = recorded.filter(({ type }) => type.startsWith("aws:iam/"));
    expect(new Set(iam.map(({ type }) => type))).toEqual(
      new Set(["aws:iam/role:Role", "aws:iam/policy:Policy", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"]),
    );
    for (const { inputs } of all(recorded, "aws:iam/role:Role")) {
      expect(Object.keys(inputs).filter((key) => !["name", "assumeRolePolicy", "description"].includes(key))).toEqual(
        [],
      );
    }
  });

  it("limit every role by the permissions boundary, where one is configured", async () => {
    const boundary = "arn:aws:iam::123456789012:policy/tap-boundary-dev";
    const roles = all(await recordProgram({ ...configuration, permissionsBoundary: boundary }), "aws:iam/role:Role");
    expect(roles).toHaveLength((withoutNat ? 5 : 6) + functionTypes.length);
    expect(roles.filter(({ inputs }) => inputs.permissionsBoundary !== boundary)).toEqual([]);
  });

  it("let functions be invoked by Secrets Manager for this account, by this API's stage and by these schedules", () => {
    expect(all(recorded, "aws:lambda/permission:Permission").map(({ inputs }) => inputs)).toEqual([
      {
        function: "records-service-dev",
        action: "lambda:InvokeFunction",
        principal: "apigateway.amazonaws.com",
        sourceArn: "arn:execute-api:records/dev/*",
      },
      {
        function: "redis-rotation-dev",
        action: "lambda:InvokeFunction",
        principal: "secretsmanager.amazonaws.com",
        sourceAccount: accountId,
      },
      {
        function: "database-rotation-dev",
        action: "lambda:InvokeFunction",
        principal: "secretsmanager.amazonaws.com",
        sourceAccount: accountId,
      },
      {
        function: "records-operations-dev",
        action: "lambda:InvokeFunction",
        principal: "events.amazonaws.com",
        sourceArn: "arn:EventRule-audit-delivery",
      },
      {
        function: "records-operations-dev",
        action: "lambda:InvokeFunction",
        principal: "events.amazonaws.com",
        sourceArn: "arn:EventRule-audit-verification",
      },
    ]);
  });

  it("of the keys and the secrets are this environment's", () => {
    const policy = (type: string, name: string) => only(recorded, type, name).inputs.policy;
    expect(policy("aws:kms/key:Key", "database")).toBe(databaseKeyPolicy(environment));
    expect(policy("aws:kms/key:Key", "cache")).toBe(cacheKeyPolicy(environment));
    expect(policy("aws:kms/key:Key", "secrets")).toBe(secretsKeyPolicy(environment));
    expect(policy("aws:kms/key:Key", "logs")).toBe(logsKeyPolicy(environment));
    for (const { inputs } of all(recorded, "aws:secretsmanager/secretPolicy:SecretPolicy")) {
      expect(inputs.policy).toBe(secretPolicy(accountId));
    }
  });

  it("of the keys give nobody their use and their management together", () => {
    for (const { inputs } of all(recorded, "aws:kms/key:Key")) {
      for (const { Action, Condition } of statements(inputs.policy)) {
        const uses = list(Action).some((action) => /Encrypt|Decrypt|DataKey|CreateGrant/.test(action));
        expect(Boolean(Condition)).toBe(uses);
      }
    }
  });
});

describe("the log groups", () => {
  let recorded: Recorded[];
  beforeAll(async () => {
    recorded = await recordProgram({ auditTrail: "true" });
  });

  it("are encrypted with the logs key and expire, every one", () => {
    for (const { inputs } of all(recorded, "aws:cloudwatch/logGroup:LogGroup")) {
      expect(Object.keys(inputs).sort()).toEqual(["kmsKeyId", "name", "retentionInDays"]);
      expect(inputs.kmsKeyId).toBe("arn:Key-logs");
      expect([7, 90, 2192]).toContain(inputs.retentionInDays);
    }
  });

  it("are those that the key's policy names, one for each name", () => {
    const patterns = encryptedLogGroupArns(environment);
    const arns = all(recorded, "aws:cloudwatch/logGroup:LogGroup").map(
      ({ inputs }) => `arn:aws:logs:eu-west-1:${accountId}:log-group:${String(inputs.name)}`,
    );
    const covers = (pattern: string) =>
      arns.filter((arn) => new RegExp(`^${pattern.replace("*", "[^/]*")}$`).test(arn));
    expect(patterns.map((pattern) => covers(pattern).length)).toEqual(patterns.map(() => 1));
    expect(arns).toHaveLength(patterns.length);
  });

  it("are there before the services that would otherwise make them", () => {
    const after = (type: string, name: string) =>
      only(recorded, type, name).dependencies.filter((dependency) => dependency.startsWith("LogGroup "));
    for (const type of functionTypes) {
      expect(after("aws:lambda/function:Function", type)).toContain(`LogGroup ${type}`);
    }
    expect(after("aws:rds/instance:Instance", "postgres")).toEqual(["LogGroup postgresql", "LogGroup upgrade"]);
    expect(after("aws:elasticache/replicationGroup:ReplicationGroup", "redis")).toEqual([
      "LogGroup engine-log",
      "LogGroup slow-log",
    ]);
    expect(after("aws:apigateway/stage:Stage", "records")).toEqual(["LogGroup access", "LogGroup execution"]);
    expect(after("aws:ecs/cluster:Cluster", "analytics")).toEqual(["LogGroup container-insights"]);
    expect(after("aws:ecs/taskDefinition:TaskDefinition", "analytics")).toEqual(["LogGroup tasks"]);
    expect(after("aws:ec2/flowLog:FlowLog", "flow-log")).toEqual(["LogGroup flow-logs"]);
    expect(after("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "records")).toEqual([
      "LogGroup waf",
    ]);
  });
});

describe("the generated token", () => {
  let recorded: Recorded[];
  beforeAll(async () => {
    recorded = await recordProgram();
  });

  it("stands in the secret's first version and in Redis only, marked as secret in both", () => {
    const holders = recorded.filter(({ inputs, outputs }) =>
      JSON.stringify([inputs, outputs]).includes("generated redis-auth-token"),
    );
    expect(holders.map(({ type, secretInputs }) => [type, secretInputs])).toEqual([
      ["aws:elasticache/replicationGroup:ReplicationGroup", ["authToken"]],
      ["aws:secretsmanager/secretVersion:SecretVersion", ["secretString"]],
    ]);
  });

  it("is the only secret that the program handles", () => {
    const secrets = recorded.filter(
      ({ secretInputs, secretOutputs }) => secretInputs.length + secretOutputs.length > 0,
    );
    expect(secrets).toHaveLength(2);
  });
});

describe("what would keep a destroyed environment's remains", () => {
  let recorded: Recorded[];
  beforeAll(async () => {
    recorded = await recordProgram();
  });

  it("is set for nothing but what the account shares, and what goes with its secret or user pool", () => {
    expect(recorded.flatMap(({ retainOnDelete, type }) => (retainOnDelete ? [type] : [])).sort()).toEqual([
      "aws:apigateway/account:Account",
      "aws:cognito/riskConfiguration:RiskConfiguration",
      "aws:iam/role:Role",
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
      "aws:secretsmanager/secretVersion:SecretVersion",
    ]);
    expect(recorded.filter(({ protect }) => protect)).toEqual([]);
  });

  it("is ignored nowhere but where AWS's services own a value, or the local one keeps none", () => {
    const ignored = recorded.filter(({ ignoreChanges }) => ignoreChanges.length > 0);
    expect(ignored.map(({ type, ignoreChanges }) => [type, ignoreChanges]).sort()).toEqual([
      ["aws:ecs/service:Service", ["desiredCount"]],
      ["aws:elasticache/replicationGroup:ReplicationGroup", ["authToken"]],
      ["aws:secretsmanager/secretVersion:SecretVersion", ["secretString", "versionStages"]],
      ["aws:wafv2/webAcl:WebAcl", ["dataProtectionConfig"]],
    ]);
  });
});
