import { readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DescribeReplicationGroupsCommand, ElastiCacheClient } from "@aws-sdk/client-elasticache";
import { DescribeDBInstancesCommand, RDSClient } from "@aws-sdk/client-rds";
import type { Operation } from "../../tools/engine";
import { changedNothing } from "../../tools/events";
import type { Evidence } from "../../tools/evidence/report";
import { repository } from "../../tools/paths";
import { adoptions } from "../../tools/recovery/adoption";
import { strangers } from "../../tools/recovery/orphans";
import { Cloud, type Environment } from "./cloud";
import { crash } from "./crash";
import { admitted, changeByHand, changeSecurityGroups, repairs, sorted, visibleDrift } from "./drift";
import { disclosures } from "./secret-forms";
import { filesIn, filesOfRepository, functionEnvironments, secretValues } from "./secrets";
import { begin, flawless, minutes, step, stepFailed } from "./steps";

let cloud: Cloud;
/** Its suffix begins the other's. */
let first: Environment;
/** Its suffix is as long as one may be, and it has what is optional. */
let second: Environment;
const optional = { "tap:auditTrail": true, "tap:threatProtection": "enforced" };
let firstUp: Promise<Operation>;
let secondUp: Promise<Operation>;

beforeAll(async () => {
  cloud = await Cloud.start();
  first = cloud.environment("e2e");
  second = cloud.environment("e2e-twenty-character");
  firstUp = begin(first.up());
}, minutes(5));

afterAll(async () => {
  await cloud.stopAfterTest({ failed: stepFailed() });
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

step("an environment comes up", async () => {
  expect(await firstUp).toMatchObject(flawless);
  // Only now, as the first environment of an account makes what all of them share.
  secondUp = begin(second.up(optional));
});

step("a second up and a refresh change nothing", async () => {
  const operation = await first.up();
  expect(operation).toMatchObject(flawless);
  expect({ steps: operation.steps, nothing: changedNothing(operation) }).toEqual({ steps: [], nothing: true });
  const refresh = await first.refresh();
  expect(refresh).toMatchObject(flawless);
  expect({ drift: refresh.drift, nothing: changedNothing(refresh) }).toEqual({ drift: [], nothing: true });
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
    "update aws:rds/parameterGroup:ParameterGroup parameters",
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

step("a recovery would find every resource under the identifier that it has, and know what else exists", async () => {
  const cloudNow = { config: cloud.config, existing: await second.leftovers(), taken: new Set<string>() };
  const { resources = [] } = await second.engine.export();
  const own = resources.filter(({ type, urn }) => !/^(pulumi|tap):/.test(type) && !remade.includes(logicalType(urn)));
  const found = await Promise.all(
    own.map(async ({ inputs = {}, type, urn }) => [urn, (await adoptions[type]?.({ type, inputs }, cloudNow))?.id]),
  );
  // The provider takes a database's name, too, and puts its own identifier in place of it.
  expect(found).toEqual(
    own.map(({ id, outputs, type, urn }) => [urn, type.includes("rds/instance") ? outputs?.identifier : id]),
  );
  expect(strangers(cloudNow.existing, resources)).toEqual([]);
});

step("an operator's commands work on it", async () => {
  const operate = (...command: string[]) => second.run("operate", "--outputs", second.outputsFile, ...command);
  await operate("deliver-audit");
  await operate("end-sessions", "--user", "nobody");
  await operate("verify-audit");
});

step("an auditor's report of what is deployed finds every rule kept", async () => {
  const state = join(cloud.folder.root, "exported.json");
  writeFileSync(state, JSON.stringify({ version: 3, deployment: await second.engine.export() }));
  const output = join(cloud.folder.root, "evidence");
  await second.run("evidence", "--state", state, "--output", output);
  const { results, source } = JSON.parse(readFileSync(join(output, "evidence.json"), "utf8")) as Evidence;
  expect({ results, kind: source.kind }).toMatchObject({ results: { fail: 0, unknown: 0 }, kind: "deployed" });
  expect(results.pass).toBeGreaterThan(400);
});

step("no secret's value stands anywhere but in Secrets Manager", async () => {
  const values = await secretValues(cloud.config, second.suffix);
  // The AUTH token and the service's password before and after their first rotation, and the master's password.
  expect(values.map((value) => value.length >= 16)).toEqual([true, true, true, true, true]);

  const passphrase = readFileSync(cloud.folder.passphrase, "utf8");
  const written = filesIn(cloud.folder.root, basename(cloud.folder.passphrase));
  // State, its backups and history, outputs, output of the engine, log of the local AWS.
  expect(Object.keys(written).length).toBeGreaterThan(20);
  const texts = {
    ...written,
    "environment variables of functions": await functionEnvironments(cloud.config),
    ...filesIn(join(repository, ".local/bundles")),
    ...filesOfRepository(),
  };
  expect(disclosures(texts, [...values, passphrase])).toEqual([]);
});

step("the same suffix comes up again, although its engine is killed while it waits for the database", async () => {
  const cutOff = first.up();
  await databaseIsBeingCreated(cutOff);
  await engineWaits();
  crash(first.engine);
  expect((await cutOff).succeeded).toBe(false);

  await first.recover();
  expect(await first.up()).toMatchObject(flawless);
  expect(changedNothing(await first.up())).toBe(true);
});

step("what is changed by hand is found by a refresh and repaired by an up", async () => {
  await changeByHand(cloud.config, second.suffix);
  const refresh = await second.refresh();
  expect(refresh).toMatchObject(flawless);
  expect(sorted(refresh.drift)).toEqual(visibleDrift);
  const up = await second.up(optional);
  expect(up).toMatchObject(flawless);
  expect(sorted(up.steps.map(({ op, type, name }) => `${op} ${type} ${name}`))).toEqual(repairs);
});

step("a security group that was opened is closed by a recovery, and what it lost comes back", async () => {
  const before = await admitted(cloud.config, second.suffix);
  await changeSecurityGroups(cloud.config, second.suffix);
  expect(await admitted(cloud.config, second.suffix)).not.toEqual(before);
  await second.recover();
  expect(await second.up(optional)).toMatchObject(flawless);
  expect(await admitted(cloud.config, second.suffix)).toEqual(before);
  expect(changedNothing(await second.refresh())).toBe(true);
});

step("both go away, and nothing is left", async () => {
  expect(await Promise.all([first.destroy(), second.destroy()])).toMatchObject([flawless, flawless]);
  expect([await first.leftovers(), await second.leftovers()]).toEqual([[], []]);
});

/** What is made again instead: what is no thing in AWS, or one of the account's that every environment makes sure of. */
const remade = [
  "aws:apigateway/account:Account account",
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup default",
  "aws:iam/role:Role api-gateway-logs",
  "aws:lambda/invocation:Invocation migrate",
  "random:index/randomPassword:RandomPassword redis-auth-token",
];

/** Type and logical name of a resource. */
function logicalType(urn: string): string {
  return urn.split("::").slice(2).join(" ").replace(/^.*\$/, "");
}

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

/** Waits until AWS has begun to create the first environment's database, as long as its `up` is at work. */
async function databaseIsBeingCreated(up: Promise<Operation>): Promise<void> {
  const rds = new RDSClient(cloud.config);
  for (;;) {
    const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand({}));
    if (DBInstances.some(({ DBInstanceIdentifier }) => DBInstanceIdentifier === `rds-postgres-${first.suffix}`)) return;
    const ended = await Promise.race([up.then(() => true), sleep(500, false)]);
    if (ended) throw new Error("the up has ended before AWS was asked for the database");
  }
}

/** Waits until the engine has begun and ended nothing for a while: what it then waits for is what takes AWS minutes. */
async function engineWaits(): Promise<void> {
  const events = cloud.folder.events(first.suffix);
  while (Date.now() - statSync(events).mtimeMs < 8000) await sleep(500);
}
