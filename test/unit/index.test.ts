import { freshAccount, recordProgram } from "./program";
import { all, only, type Recorded } from "./recorder";

/** With the real bundler, unlike the other tests of the whole program. */
describe("the program", () => {
  let recorded: Recorded[];
  beforeAll(async () => {
    recorded = await recordProgram({ tags: '{"Team": "records"}' });
  });

  it("tells these outputs and no others", () => {
    expect(only(recorded, "pulumi:pulumi:Stack").outputs).toEqual({
      environmentSuffix: "dev",
      region: "eu-west-1",
      vpcId: "Vpc-vpc",
      publicSubnetIds: ["Subnet-public-1", "Subnet-public-2"],
      privateSubnetIds: ["Subnet-private-1", "Subnet-private-2"],
      dataSubnetIds: ["Subnet-data-1", "Subnet-data-2"],
      kmsKeyArns: {
        database: "arn:Key-database",
        cache: "arn:Key-cache",
        secrets: "arn:Key-secrets",
        logs: "arn:Key-logs",
        alerts: "arn:Key-alerts",
      },
      redisPrimaryEndpoint: "redis.cache.example",
      redisPort: 6379,
      redisAuthSecretArn: "arn:Secret-redis-auth",
      databaseEndpoint: "postgres.database.example",
      databasePort: 5432,
      databaseName: "records",
      databaseSecretArn: "arn:master-secret:postgres",
      apiUrl: "https://records.api.example/stage",
      apiId: "RestApi-records",
      userPoolId: "UserPool-users",
      userPoolClientId: "UserPoolClient-app",
      ecsClusterName: "ecs-dev",
      ecsTaskDefinitionArn: "arn:TaskDefinition-analytics",
      auditLogGroupName: "audit-dev",
      operationsFunctionName: "records-operations-dev",
      alarmTopicArn: "arn:Topic-alerts",
      dashboardUrl:
        "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/records-dev",
    });
  });

  it("tells of a trail's bucket where there is a trail", async () => {
    const { outputs } = only(await recordProgram({ auditTrail: "true" }), "pulumi:pulumi:Stack");
    expect(outputs).toHaveProperty("auditTrailBucketName", "audit-trail-dev-123456789012");
  });

  it("tells nothing secret", () => {
    expect(recorded.filter(({ secretOutputs }) => secretOutputs.length > 0)).toEqual([]);
  });

  it("puts every resource into the region, with the environment's tags", () => {
    const { defaultTags, region, maxRetries } = only(recorded, "pulumi:providers:aws", "aws").inputs;
    expect({ region, maxRetries }).toEqual({ region: "eu-west-1", maxRetries: "10" });
    expect(JSON.parse(defaultTags as string)).toEqual({
      tags: { Team: "records", Environment: "dev", Project: "tap", ManagedBy: "pulumi" },
    });
    const underStack = recorded.filter(
      ({ type, parent }) => type.startsWith("aws:") && parent !== "ApiGatewayAccount api-gateway-account",
    );
    expect(underStack.length).toBe(218);
    expect(new Set(underStack.map(({ provider }) => provider))).toEqual(new Set(["aws"]));
  });

  it("leaves the environment's tags off what all environments share", () => {
    const { defaultTags, region, maxRetries } = only(recorded, "pulumi:providers:aws", "account").inputs;
    expect({ region, maxRetries }).toEqual({ region: "eu-west-1", maxRetries: "10" });
    expect(defaultTags).toBeUndefined();
    const shared = recorded.filter(({ parent }) => parent === "ApiGatewayAccount api-gateway-account");
    expect(shared.map(({ type, provider }) => [type, provider])).toEqual([
      ["aws:apigateway/account:Account", "account"],
      ["aws:iam/role:Role", "account"],
      ["aws:iam/rolePolicyAttachment:RolePolicyAttachment", "account"],
    ]);
  });

  it("makes the environment once API Gateway may write logs", () => {
    expect(only(recorded, "aws:apigateway/stage:Stage").dependsOn).toEqual(["Account account", "LogGroup execution"]);
  });

  it("bundles every function, with source maps", () => {
    for (const { inputs } of all(recorded, "aws:lambda/function:Function")) {
      const code = inputs.code as Record<string, string>;
      const modules = Object.keys(code).filter((name) => name.endsWith(".mjs"));
      expect(Object.keys(code).sort()).toEqual(modules.flatMap((name) => [name, `${name}.map`]).sort());
      expect(code["index.mjs"]).toMatch(/export\{\w+ as handler\}/);
    }
  });

  it("makes the account's role in a fresh account", () => {
    expect(only(recorded, "aws:iam/role:Role", "api-gateway-logs").importId).toBe("");
  });

  describe("in an account that has an environment, with a suffix from outside", () => {
    let another: Recorded[];
    beforeAll(async () => {
      const calls = { ...freshAccount, "aws:iam/getRole:getRole": () => ({ arn: "arn:existing" }) };
      another = await recordProgram({}, { calls, stack: "main", variable: "pr-42" });
    });

    it("adopts the account's role", () => {
      const role = only(another, "aws:iam/role:Role", "api-gateway-logs");
      expect(role.importId).toBe("api-gateway-cloudwatch-logs");
    });

    it("takes its suffix from ENVIRONMENT_SUFFIX", () => {
      expect(only(another, "pulumi:pulumi:Stack").outputs.environmentSuffix).toBe("pr-42");
    });
  });
});
