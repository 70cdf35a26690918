import { belongsTo, describeLeftovers } from "../../tools/leftovers";
import type { Found } from "../../tools/leftovers/inventory";

const named = (...names: string[]): Found => ({ type: "aws:ec2/vpc:Vpc", id: "id", names, tags: {} });
const tagged = (environment: string, ...names: string[]): Found => ({
  ...named(...names),
  tags: { Environment: environment },
});

describe("what belongs to an environment", () => {
  it.each([
    "redis-dev",
    "alias/kms-database-dev",
    "/aws/lambda/records-service-dev",
    "/aws/rds/instance/rds-postgres-dev/postgresql",
    "/aws/ecs/containerinsights/ecs-dev/performance",
    "API-Gateway-Execution-Logs_a1b2c3/dev",
    "service/ecs-dev/analytics-dev",
  ])("is %s by its name", (name) => {
    expect(belongsTo(named(name), "dev")).toBe(true);
  });

  it.each([
    "redis-dev-2",
    "redis-my-dev",
    "redisdev",
    "redis",
    "dev",
    "something-else-dev",
    "API-Gateway-Execution-Logs_a1b2c3/dev-2",
    "/aws/lambda/records-service-dev-2",
    "",
  ])("is not %j", (name) => {
    expect(belongsTo(named(name), "dev")).toBe(false);
  });

  it("is what its tag says, whatever its name", () => {
    expect(belongsTo(tagged("dev"), "dev")).toBe(true);
    expect(belongsTo(tagged("dev", "redis-other"), "dev")).toBe(true);
    expect(belongsTo(tagged("dev-2"), "dev")).toBe(false);
    // The secret of "dev" is what the cache of "auth-dev" would be called.
    expect(belongsTo(tagged("dev", "redis-auth-dev"), "auth-dev")).toBe(false);
  });

  it("is what belongs to something of it", () => {
    expect(belongsTo(named("rds!db-1f2e", "rds-postgres-dev"), "dev")).toBe(true);
  });

  it("is not what the account's environments share", () => {
    expect(belongsTo(tagged("dev", "api-gateway-cloudwatch-logs"), "dev")).toBe(false);
  });
});

it("lists leftovers by service, type and identifier", () => {
  expect(
    describeLeftovers([
      { ...named(), type: "aws:rds/instance:Instance", id: "rds-postgres-dev" },
      { ...named(), type: "aws:kms/key:Key", id: "1234" },
    ]).split(/\s+/),
  ).toEqual(["", "kms", "Key", "1234", "rds", "Instance", "rds-postgres-dev"]);
});
