import "./mocked-bundle";
import { losses, type StoreName } from "../../lib/data-loss";
import { settings } from "../../lib/config";
import type { ResourceOutputs } from "../../lib/previous-deployment";
import { freshAccount, previously, recordProgram } from "./program";
import { all, type Recorded } from "./recorder";

/** What holds data, and what cannot be replaced without it. */
const guarded: [type: string, name: string, store: StoreName, physicalName: string][] = [
  ["aws:cloudwatch/logGroup:LogGroup", "audit", "audit", "audit-dev"],
  ["aws:cognito/userPool:UserPool", "users", "users", "records-users-dev"],
  ["aws:elasticache/replicationGroup:ReplicationGroup", "redis", "cache", "redis-dev"],
  ["aws:elasticache/subnetGroup:SubnetGroup", "redis", "cache", "redis-subnets-dev"],
  ["aws:kms/key:Key", "alerts", "keys", "kms-alerts-dev"],
  ["aws:kms/key:Key", "cache", "keys", "kms-cache-dev"],
  ["aws:kms/key:Key", "database", "keys", "kms-database-dev"],
  ["aws:kms/key:Key", "logs", "keys", "kms-logs-dev"],
  ["aws:kms/key:Key", "secrets", "keys", "kms-secrets-dev"],
  ["aws:kms/key:Key", "trail", "keys", "kms-trail-dev"],
  ["aws:rds/instance:Instance", "postgres", "database", "rds-postgres-dev"],
  ["aws:s3/bucket:Bucket", "trail", "trail", "audit-trail-dev-123456789012"],
];

/** A state in which all of that exists, and nothing else, so that no change is impossible. */
const existing: ResourceOutputs = Object.fromEntries(
  guarded.map(([type, name]) => [`urn:pulumi:dev::tap::tap:stack:TapStack$${type}::${name}`, { type, outputs: {} }]),
);

/** Under mocks each registration is a creation: what exists already would be replaced. */
const replaceEverything = (allowDataLoss: string[]) =>
  recordProgram(
    { auditTrail: "true", allowDataLoss: JSON.stringify(allowDataLoss) },
    { calls: { ...freshAccount, ...previously(existing) } },
  );

/** What stops a replacement, sorted. */
const stopped = (recorded: Recorded[]) =>
  recorded
    .flatMap(({ type, name, objections }) => objections.map((objection) => `${type} ${name}: ${objection}`))
    .sort();

const refusals = (stores: string[]) =>
  guarded
    .filter(([, , store]) => stores.includes(store))
    .map(
      ([type, name, store, physicalName]) =>
        `${type} ${name}: ${store}: "${physicalName}" would be replaced, and ${losses[store]} be lost; allowed only when allowDataLoss names ${store}`,
    )
    .sort();

const stores = Object.keys(losses) as StoreName[];

describe("a replacement of what holds data", () => {
  it("is stopped for everything that does", async () => {
    expect(stopped(await replaceEverything([]))).toEqual(refusals(stores));
  });

  it.each(stores)("is allowed for %s alone when that is named", async (store) => {
    const recorded = await replaceEverything([store]);
    expect(stopped(recorded)).toEqual(refusals(stores.filter((other) => other !== store)));
  });

  it("says what would be lost", async () => {
    expect(stopped(await replaceEverything(["database", "keys", "users", "audit", "trail"]))).toContain(
      'aws:elasticache/replicationGroup:ReplicationGroup redis: cache: "redis-dev" would be replaced, and all sessions and cached reads be lost; allowed only when allowDataLoss names cache',
    );
  });

  it("creates the new one first, so that it can be stopped before the old one goes, unless that one may go", async () => {
    const order = (recorded: Recorded[]) =>
      guarded.map(
        ([type, name]) => all(recorded, type).find((resource) => resource.name === name)?.deleteBeforeReplace,
      );
    expect(order(await replaceEverything([]))).toEqual(guarded.map(() => false));
    // A key that went first would take with it, unasked, what is encrypted with it.
    expect(order(await replaceEverything(stores))).toEqual(guarded.map(([, , store]) => store !== "keys"));
  });
});

it("the first deployment, and one after a destroy, creates everything unhindered", async () => {
  const recorded = await recordProgram({ auditTrail: "true" });
  expect(stopped(recorded)).toEqual([]);
  expect(recorded.filter(({ beforeCreate }) => beforeCreate.length > 0)).toHaveLength(guarded.length);
});

it("a resource of the same name and another type is not what exists", async () => {
  const otherType = {
    "urn:pulumi:dev::tap::aws:elasticache/cluster:Cluster::redis": {
      type: "aws:elasticache/cluster:Cluster",
      outputs: {},
    },
  };
  const recorded = await recordProgram({}, { calls: { ...freshAccount, ...previously(otherType) } });
  expect(stopped(recorded)).toEqual([]);
});

it("the configuration explains what is lost with each store", () => {
  for (const store of stores) expect(settings.allowDataLoss.description).toContain(`${store} (${losses[store]})`);
});
