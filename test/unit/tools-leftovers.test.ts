import { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import fc from "fast-check";
import { environmentTags, functionTypes, resourceName, serviceLogGroups, validateSuffix } from "../../lib/naming";
import { clientConfig } from "../../tools/aws-environment";
import { belongsTo, describeLeftovers } from "../../tools/leftovers";
import type { Found, FoundType } from "../../tools/leftovers/inventory";
import { logs } from "../../tools/leftovers/logs";
import { answerAs } from "./aws-answers";

const vpc = "aws:ec2/vpc:Vpc";
const dashboard = "aws:cloudwatch/dashboard:Dashboard";
const logGroup = "aws:cloudwatch/logGroup:LogGroup";
const query = "aws:cloudwatch/queryDefinition:QueryDefinition";
const secret = "aws:secretsmanager/secret:Secret";
const snapshot = "aws:rds/snapshot:Snapshot";
const replicationGroup = "aws:elasticache/replicationGroup:ReplicationGroup";

/** Nothing here asks AWS. */
const config = clientConfig("http://localhost:1");

afterEach(() => jest.restoreAllMocks());

const named = (type: FoundType, ...names: string[]): Found => ({ type, id: "id", names, tags: undefined });
const tagged = (tags: Record<string, string>, ...names: string[]): Found => ({ ...named(vpc, ...names), tags });

describe("what belongs to an environment", () => {
  it("is what has its tags, whatever its name", () => {
    expect(belongsTo(tagged(environmentTags("dev", { CostCentre: "7" })), "dev")).toBe(true);
    expect(belongsTo(tagged(environmentTags("dev", {}), "vpc-other"), "dev")).toBe(true);
    expect(belongsTo(tagged(environmentTags("dev-2", {})), "dev")).toBe(false);
    // The secret of "dev" is what the cache of "auth-dev" would be called.
    expect(belongsTo(tagged(environmentTags("dev", {}), "redis-auth-dev"), "auth-dev")).toBe(false);
  });

  it.each<Record<string, string>>([
    {},
    { Environment: "dev" },
    { Environment: "dev", ManagedBy: "pulumi" },
    { Environment: "dev", ManagedBy: "pulumi", Project: "website" },
    { Environment: "dev", ManagedBy: "terraform", Project: "tap" },
  ])("is not what somebody else tagged %j, whatever its name", (tags) => {
    expect(belongsTo(tagged(tags, "vpc-dev"), "dev")).toBe(false);
  });

  it.each<[FoundType, string]>([
    [logGroup, "/aws/lambda/records-service-dev"],
    [logGroup, "/aws/rds/instance/rds-postgres-dev/postgresql"],
    [logGroup, "/aws/rds/instance/rds-postgres-dev/upgrade"],
    [logGroup, "/aws/ecs/containerinsights/ecs-dev/performance"],
    [dashboard, "records-dev"],
    [query, "audit-queries-dev/refused accesses"],
    [secret, "rds-postgres-dev"],
    [snapshot, "rds-postgres-dev"],
    [replicationGroup, "redis-dev"],
  ])("is, without tags, the %s of the name %s", (type, name) => {
    expect(belongsTo(named(type, "something", name), "dev")).toBe(true);
  });

  it.each<[FoundType, string]>([
    [logGroup, "/aws/lambda/records-service-dev-2"],
    [logGroup, "/aws/lambda/records-service-de"],
    [logGroup, "/aws/lambda/my/records-service-dev"],
    [logGroup, "/aws/lambda/dev"],
    [logGroup, "API-Gateway-Execution-Logs_a1b2c3/dev"],
    [logGroup, "audit-dev"],
    [dashboard, "records-service-dev"],
    [dashboard, "dev"],
    [query, "audit-queries-dev"],
    [query, "audit-queries-dev-2/refused accesses"],
    [snapshot, "rds-postgres-dev-2"],
    [replicationGroup, "redis-auth-dev"],
    [vpc, "vpc-dev"],
    [dashboard, ""],
  ])("is not, without tags, the %s of the name %j", (type, name) => {
    expect(belongsTo(named(type, name), "dev")).toBe(false);
  });

  it("is not what the account's environments share", () => {
    expect(belongsTo(tagged(environmentTags("dev", {}), "api-gateway-cloudwatch-logs"), "dev")).toBe(false);
    expect(belongsTo(named(logGroup, "RDSOSMetrics"), "dev")).toBe(false);
  });

  it("is never another environment's, however alike their suffixes are", () => {
    const suffix = fc
      .array(fc.constantFrom("a", "dev", "auth", "service", "2", "-"), { minLength: 1, maxLength: 5 })
      .map((parts) => parts.join(""))
      .filter((text) => validateSuffix(text) === undefined);
    const everythingOf = (of: string): Found[] => [
      tagged(environmentTags(of, {}), resourceName("vpc", of)),
      named(dashboard, resourceName("records", of)),
      named(query, `${resourceName("audit-queries", of)}/all`),
      named(snapshot, resourceName("rds-postgres", of)),
      named(replicationGroup, resourceName("redis", of)),
      named(logGroup, serviceLogGroups.containerInsights(resourceName("ecs", of))),
      ...functionTypes.map((type) => named(logGroup, serviceLogGroups.lambda(resourceName(type, of)))),
    ];
    fc.assert(
      fc.property(suffix, suffix, (one, other) => {
        expect(everythingOf(one).filter((found) => belongsTo(found, other))).toEqual(
          one === other ? everythingOf(one) : [],
        );
      }),
    );
  });
});

describe("the log group of an API's requests", () => {
  it("is its API's where it has no tags, whatever the stage is called", async () => {
    answerAs(APIGatewayClient, {
      GetRestApis: () => ({
        items: [
          { id: "ours", tags: environmentTags("dev", {}) },
          { id: "theirs", tags: { Environment: "dev" } },
          { id: "untagged" },
        ],
      }),
    });
    const logGroups = ["ours", "theirs", "untagged", "gone", "tagged"].map((api) => {
      const logGroupName = serviceLogGroups.apiExecution(api, "dev");
      return { logGroupName, arn: `${logGroupName}:*` };
    });
    answerAs(CloudWatchLogsClient, {
      DescribeLogGroups: () => ({ logGroups }),
      DescribeQueryDefinitions: () => ({}),
      ListTagsForResource: ({ resourceArn }) => ({
        tags: resourceArn === serviceLogGroups.apiExecution("tagged", "dev") ? environmentTags("dev", {}) : {},
      }),
    });
    const found = (await logs(config)).filter((group) => belongsTo(group, "dev"));
    expect(found.map(({ id }) => id)).toEqual([
      "API-Gateway-Execution-Logs_ours/dev",
      "API-Gateway-Execution-Logs_tagged/dev",
    ]);
  });
});

it("lists leftovers by service, type and identifier, with a name where that does not tell", () => {
  expect(
    describeLeftovers([
      { ...named("aws:rds/instance:Instance", "rds-postgres-dev"), id: "rds-postgres-dev" },
      { ...named("aws:kms/key:Key", "kms-logs-dev"), id: "1234" },
    ]),
  ).toBe(
    [
      "  kms             Key                        1234  kms-logs-dev",
      "  rds             Instance                   rds-postgres-dev",
    ].join("\n"),
  );
});
