import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DescribeReplicationGroupsCommand, ElastiCacheClient } from "@aws-sdk/client-elasticache";
import { DescribeDBInstancesCommand, RDSClient } from "@aws-sdk/client-rds";
import type { Operation } from "../../tools/engine";
import { changedNothing } from "../../tools/events";
import { readRequired, type Required, requiredFile } from "../../tools/operations/required";
import { Cloud, discard, type Environment, killEngine } from "./cloud";
import { say } from "./progress";
import { disclosures, functionEnvironments, secretValues } from "./secrets";
import { step, stepFailed } from "./steps";

const minutes = (count: number) => count * 60_000;

let cloud: Cloud;
/** Its suffix begins the other's. */
let first: Environment;
/** Its suffix is as long as one may be. */
let second: Environment;
let firstUp: Promise<Operation>;
let secondUp: Promise<Operation>;

/** Lets an operation go on beside the next steps; the one that awaits it sees its error. */
function begin(operation: Promise<Operation>): Promise<Operation> {
  operation.catch(() => undefined);
  return operation;
}

/** What an operation that did its work without a complaint looks like. */
const flawless = { succeeded: true, interrupted: false, problems: [] };

beforeAll(async () => {
  cloud = await Cloud.start();
  first = cloud.environment("e2e");
  second = cloud.environment("e2e-twenty-character");
  firstUp = begin(first.up());
}, minutes(5));

afterAll(async () => {
  await cloud.stop();
  if (stepFailed()) say(`The logs are in ${cloud.folder.root}`);
  else discard(cloud.folder);
}, minutes(1));

step("a suffix of 21 characters is refused with the reason, before any resource", async () => {
  const tooLong = cloud.environment("e2e-twenty-characters");
  const { problems, steps, succeeded } = await tooLong.up();
  expect(succeeded).toBe(false);
  expect(problems.map(({ message }) => message).join("\n")).toContain(
    'environmentSuffix: "e2e-twenty-characters" must have 1 to 20 characters; it has 21',
  );
  expect(steps.map(({ type }) => type)).toEqual(["pulumi:pulumi:Stack"]);
  await tooLong.engine.remove();
});

step("an environment comes up and passes the integration suite", async () => {
  expect(await firstUp).toMatchObject(flawless);
  // Only now, as the first environment of an account makes what all of them share.
  secondUp = begin(second.up());
  expect(await first.passesIntegrationSuite()).toBe(true);
});

step("a second up changes nothing", async () => {
  const operation = await first.up();
  expect(operation).toMatchObject(flawless);
  expect({ steps: operation.steps, nothing: changedNothing(operation) }).toEqual({ steps: [], nothing: true });
});

step("no secret's value stands anywhere but in Secrets Manager", async () => {
  const values = await secretValues(cloud.config, first.suffix);
  // The AUTH token and the service's password before and after their first rotation, and the master's password.
  expect(values.map((value) => value.length >= 16)).toEqual([true, true, true, true, true]);

  const texts = {
    state: JSON.stringify(await first.engine.export()),
    outputs: JSON.stringify(first.outputs()),
    "environment variables of functions": await functionEnvironments(cloud.config),
    "output of the engine": readFileSync(first.log, "utf8"),
    "log of the local AWS": readFileSync(cloud.folder.log, "utf8"),
  };
  expect(disclosures(texts, values)).toEqual([]);
});

step("a new configuration updates the database and the cache in place", async () => {
  const before = await dataStores();
  const operation = await first.up({
    "tap:databaseInstanceClass": "db.t4g.small",
    "tap:databaseBackupRetentionDays": 31,
    "tap:redisNodeType": "cache.t4g.small",
    "tap:analyticsMemory": 1024,
  });
  expect(operation).toMatchObject(flawless);
  expect(operation.steps.map(({ op, type, diffs }) => `${op} ${type} ${diffs.join()}`).sort()).toEqual([
    "create-replacement aws:ecs/taskDefinition:TaskDefinition memory",
    "delete-replaced aws:ecs/taskDefinition:TaskDefinition ",
    "replace aws:ecs/taskDefinition:TaskDefinition memory",
    "update aws:cloudwatch/metricAlarm:MetricAlarm alarmDescription,threshold",
    "update aws:cloudwatch/metricAlarm:MetricAlarm threshold",
    "update aws:ecs/service:Service taskDefinition",
    "update aws:elasticache/replicationGroup:ReplicationGroup nodeType",
    "update aws:rds/instance:Instance backupRetentionPeriod,instanceClass",
  ]);
  expect(await dataStores()).toEqual({
    database: { ...before.database, instanceClass: "db.t4g.small", backupRetentionDays: 31 },
    cache: { ...before.cache, nodeType: "cache.t4g.small" },
  });
});

step("it goes away while another one comes up, and nothing of it is left", async () => {
  expect(await first.leftovers()).not.toEqual([]);
  expect(await first.destroy()).toMatchObject(flawless);
  expect(await first.leftovers()).toEqual([]);
  await first.engine.remove();
});

step("the other one passes the integration suite, with a suffix of 20 characters", async () => {
  expect(await secondUp).toMatchObject(flawless);
  expect(await second.passesIntegrationSuite()).toBe(true);
});

step("the same suffix comes up again, although its engine is killed while it waits for the database", async () => {
  const cutOff = first.up();
  await databaseIsBeingCreated();
  await engineWaits();
  killEngine(first.engine);
  expect((await cutOff).succeeded).toBe(false);

  await first.recover();
  expect(await first.up()).toMatchObject(flawless);
  expect(changedNothing(await first.up())).toBe(true);
});

step("both go away, and nothing is left", async () => {
  expect(await Promise.all([first.destroy(), second.destroy()])).toMatchObject([flawless, flawless]);
  expect([await first.leftovers(), await second.leftovers()]).toEqual([[], []]);
});

step("nobody has asked AWS for what the deploy roles are not tested to be allowed", () => {
  const seen = readRequired(join(cloud.folder.awsState, "operations.jsonl"), [first.suffix, second.suffix]);
  const known = JSON.parse(readFileSync(requiredFile, "utf8")) as Required;
  const unknown = (key: keyof Required) => seen[key].filter((line) => !known[key].includes(line));
  // docs/bootstrap.md, "What a deploy role may do", says how it becomes known.
  expect([...unknown("deployment"), ...unknown("tests"), ...unknown("sweep")]).toEqual([]);
  return Promise.resolve();
});

/** The identity and size of the first environment's database and cache. */
async function dataStores() {
  const [rds, elastiCache] = [new RDSClient(cloud.config), new ElastiCacheClient(cloud.config)];
  const { DBInstances = [] } = await rds.send(
    new DescribeDBInstancesCommand({ DBInstanceIdentifier: `rds-postgres-${first.suffix}` }),
  );
  const { ReplicationGroups = [] } = await elastiCache.send(
    new DescribeReplicationGroupsCommand({ ReplicationGroupId: `redis-${first.suffix}` }),
  );
  const [database, cache] = [DBInstances[0], ReplicationGroups[0]];
  return {
    database: {
      resourceId: database?.DbiResourceId,
      created: database?.InstanceCreateTime,
      instanceClass: database?.DBInstanceClass,
      backupRetentionDays: database?.BackupRetentionPeriod,
    },
    cache: { arn: cache?.ARN, created: cache?.ReplicationGroupCreateTime, nodeType: cache?.CacheNodeType },
  };
}

/** Waits until AWS has begun to create the first environment's database. */
async function databaseIsBeingCreated(): Promise<void> {
  const rds = new RDSClient(cloud.config);
  for (;;) {
    const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand({}));
    if (DBInstances.some(({ DBInstanceIdentifier }) => DBInstanceIdentifier === `rds-postgres-${first.suffix}`)) return;
    await sleep(500);
  }
}

/** Waits until the engine has begun and ended nothing for a while: what it then waits for is what takes AWS minutes. */
async function engineWaits(): Promise<void> {
  const events = cloud.folder.events(first.suffix);
  while (Date.now() - statSync(events).mtimeMs < 8000) await sleep(500);
}
