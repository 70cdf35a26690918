import { randomUUID } from "node:crypto";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import * as fc from "fast-check";
import { verifyChain } from "../../service/operations/verify-chain";
import type { Database } from "../../service/postgres";
import { type SignIn, Sessions } from "../../service/records/sessions";
import { RedisConnection } from "../../service/redis-connection";
import { Secret } from "../../service/secret";
import { RedisServer } from "../../tools/servers/redis-server";
import type { FunctionProcess } from "./support/function-process";
import { RecordsDatabase } from "./support/records-database";

jest.setTimeout(60_000);

const logGroup = "audit-test";
const redisToken = "redis-token-0123456789";
const redisSecretArn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:redis-auth";
const absolute = 43_200;

const [second, minute, hour] = [1000, 60_000, 3_600_000];

let server: RecordsDatabase;
let redis: RedisServer;
let database: Database;
let operations: FunctionProcess;

const startOperations = (name: string) =>
  server.startFunction("service/operations/index.ts", name, {
    ENVIRONMENT: "test",
    AUDIT_LOG_GROUP: logGroup,
    DATABASE_SECRET_ARN: server.serviceSecretArn,
    REDIS_HOST: "localhost",
    REDIS_PORT: String(redis.port),
    REDIS_SECRET_ARN: redisSecretArn,
    SESSION_ABSOLUTE_SECONDS: String(absolute),
  });

beforeAll(async () => {
  server = await RecordsDatabase.start();
  const { authority, certificate } = server;
  [redis] = await Promise.all([
    RedisServer.start({ folder: path.join(server.folder, "redis"), authority, certificate, tokens: [redisToken] }),
    server.migrate(),
  ]);
  server.aws.putSecret(redisSecretArn, redisToken);
  database = server.asService();
  operations = await startOperations("operations");
});

afterAll(async () => {
  await Promise.all([database.close(), operations.stop(), redis.process.stop()]);
  await server.stop();
});

/** As somebody does who can switch off triggers. */
const tamper = (statements: string) =>
  server.run(`
    ALTER TABLE records.audit_entries DISABLE TRIGGER USER;
    ALTER TABLE records.audit_head DISABLE TRIGGER USER;
    ${statements};
    ALTER TABLE records.audit_entries ENABLE TRIGGER USER;
    ALTER TABLE records.audit_head ENABLE TRIGGER USER`);

const emptyChain = `
  TRUNCATE records.audit_entries;
  UPDATE records.audit_head SET sequence = 0, hash = decode(repeat('00', 32), 'hex')`;

beforeEach(async () => {
  await tamper(`
    ${emptyChain};
    TRUNCATE records.audit_malformed_lines;
    UPDATE records.audit_delivery SET up_to = now() - interval '1 day'`);
  server.aws.logs.emptyGroup(logGroup);
  server.aws.logs.pageSize = 10_000;
  server.aws.clear();
  operations.output = "";
});

interface Line {
  id: string;
  occurredAt: string;
  [member: string]: unknown;
}

/** Milliseconds since 1970; every line of a test is before the function's own clock. */
const ago = (milliseconds: number) => Date.now() - milliseconds;

const lineAt = (timestamp: number, changes: object = {}): Line => ({
  id: randomUUID(),
  occurredAt: new Date(timestamp).toISOString(),
  userId: "reader-of-the-test",
  action: "getPatient",
  patientId: randomUUID(),
  version: 1,
  outcome: "allowed",
  requestId: "request-of-the-test",
  sourceAddress: "192.0.2.1",
  ...changes,
});

/** Lines without a place in the chain, from the given time to now. */
const linesSince = (since: number, count: number): Line[] =>
  Array.from({ length: count }, (_, index) => lineAt(ago(since - Math.floor((index * since) / count))));

const toEvent = (line: Line) => ({ timestamp: Date.parse(line.occurredAt), message: JSON.stringify(line) });

const put = (lines: Line[]) => server.aws.logs.put(logGroup, lines.map(toEvent));

interface Delivery {
  appended: number;
  malformed: number;
  upTo: string;
}

const deliver = (container = operations, remainingTime?: number) =>
  container.invoke({ command: "deliver-audit" }, remainingTime) as Promise<Delivery>;

interface Entry extends Line {
  sequence: string;
}

/** What is in the chain, in its order; members without a value are left out. */
const chain = async (): Promise<Entry[]> => {
  const { rows } = await database.query<Entry>(`
    SELECT sequence::text, id, to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "occurredAt",
      user_id AS "userId", action, patient_id AS "patientId", record_id AS "recordId", version, outcome,
      request_id AS "requestId", source_address AS "sourceAddress"
    FROM records.audit_entries ORDER BY audit_entries.sequence`);
  return rows.map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as Entry);
};

const chainIds = async () => (await chain()).map(({ id }) => id);

/** The moment up to which the audit log has been read. */
const reached = async () =>
  (await server.run<{ up_to: Date }>("SELECT up_to FROM records.audit_delivery"))[0]?.up_to.toISOString();

const ids = (lines: Line[]) => lines.map(({ id }) => id);

const logged = () =>
  operations.output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const reported = () =>
  logged().flatMap(({ message, eventIds }) => (message === "malformed audit lines" ? eventIds : []));

const head = async () => (await verifyChain(database)).head;

/** Puts entries in the chain as a write of the service does, and tells of them in the audit log. */
async function write(count: number, age: number): Promise<Line[]> {
  const entries = Array.from({ length: count }, () => lineAt(ago(age), { action: "updatePatient" }));
  const { rows } = await database.transaction((client) =>
    client.query<{ sequence: string; hash: string }>(
      "SELECT sequence::text, encode(hash, 'hex') AS hash FROM records.append_audit($1) AS entries ORDER BY entries.sequence",
      [JSON.stringify(entries)],
    ),
  );
  const lines = entries.map((entry, index) => ({ ...entry, ...rows[index] }));
  put(lines);
  return lines;
}

describe("deliver-audit", () => {
  it("brings what stands in the audit log alone into the chain, as it is there, in order of time", async () => {
    const [written] = await write(1, 3 * minute);
    const lines = [
      lineAt(ago(5 * minute), { recordId: randomUUID() }),
      lineAt(ago(4 * minute), { userId: null, action: "getSession", outcome: "refused", patientId: undefined }),
      lineAt(ago(2 * minute), { userId: 'Zoë "\\ \n', action: "an operation that is no longer there" }),
    ];
    put(lines.toReversed());
    // Of an entry that somebody has taken out of the chain: that is for a verification to find, not to be made good here.
    put([lineAt(ago(minute), { sequence: "2", hash: "0".repeat(64) })]);

    const before = Date.now();
    const delivery = await deliver();
    expect(delivery).toEqual({ appended: 3, malformed: 0, upTo: delivery.upTo });
    expect(Date.parse(delivery.upTo)).toBeGreaterThanOrEqual(before);
    const [first, ...rest] = await chain();
    expect(first).toMatchObject({ sequence: "1", id: written?.id });
    expect(rest).toEqual(
      lines.map((line, index) => {
        const { userId, ...others } = JSON.parse(JSON.stringify(line)) as Line;
        return { ...others, ...(userId === null ? {} : { userId }), sequence: String(index + 2) };
      }),
    );
    expect(await verifyChain(database)).toMatchObject({ intact: true, entries: 4 });
  });

  it("has nothing to do the next time", async () => {
    put(linesSince(5 * minute, 3));
    const { upTo } = await deliver();
    const next = await deliver();
    expect(next).toMatchObject({ appended: 0, malformed: 0 });
    expect(Date.parse(next.upTo)).toBeGreaterThan(Date.parse(upTo));
    expect(await chain()).toHaveLength(3);
  });

  it("leaves to the next time what is put while it works", async () => {
    const future = lineAt(Date.now() + hour);
    put([future]);
    expect(await deliver()).toMatchObject({ appended: 0 });
    expect(await chain()).toEqual([]);
  });

  it("finds events that were put before the moment it had reached, and become visible later", async () => {
    const late = linesSince(8 * minute, 4);
    put([lineAt(ago(7 * minute))]);
    server.aws.logs.isVisible = false;
    put(late);
    expect(await deliver()).toMatchObject({ appended: 1 });
    server.aws.logs.reveal();
    expect(await deliver()).toMatchObject({ appended: 4 });
    expect((await chainIds()).slice(1)).toEqual(ids(late));
  });

  it("does not fall behind the moment it had reached, where it fails on events before that", async () => {
    const { upTo } = await deliver();
    put(linesSince(5 * minute, 2));
    server.aws.logs.pageSize = 1;
    server.aws.failAt({ operation: "FilterLogEvents", occurrence: 3, when: "before" });
    await expect(deliver()).rejects.toThrow("InjectedFailure");
    expect(await chain()).toHaveLength(1);
    expect(await reached()).toBe(upTo);
  });

  it("appends a line once, however often it is in the log", async () => {
    const lines = linesSince(5 * minute, 3);
    put([...lines, ...lines]);
    expect(await deliver()).toMatchObject({ appended: 3 });
    put(lines);
    expect(await deliver()).toMatchObject({ appended: 0 });
    expect(await chain()).toHaveLength(3);
  });

  it("reads every page, and goes on where a call failed", async () => {
    const lines = linesSince(2 * hour, 20);
    put(lines);
    server.aws.logs.pageSize = 3;
    server.aws.failAt({ operation: "FilterLogEvents", occurrence: 5, when: "before" });
    await expect(deliver()).rejects.toThrow(new Error("deliver-audit: InjectedFailure"));
    expect(await chainIds()).toEqual(ids(lines.slice(0, 9)));
    expect(await deliver()).toMatchObject({ appended: 11 });
    expect(await chainIds()).toEqual(ids(lines));
  });

  it("catches up with hours, a part of it in each invocation that has no more time", async () => {
    const lines = linesSince(6 * hour, 2500);
    put(lines);
    server.aws.logs.pageSize = 700;
    // Less than it leaves for the page it is at.
    const parts: Delivery[] = [];
    do parts.push(await deliver(operations, 1));
    while (parts.at(-1)?.appended !== 0);
    expect(parts.length).toBeGreaterThan(4);
    expect(parts.reduce((sum, { appended }) => sum + appended, 0)).toBe(2500);
    expect(await chainIds()).toEqual(ids(lines));
    expect(await verifyChain(database)).toMatchObject({ intact: true, entries: 2500 });
  });

  it("catches up with hours at once where it has the time", async () => {
    const lines = linesSince(6 * hour, 2500);
    put(lines);
    server.aws.logs.pageSize = 700;
    expect(await deliver()).toMatchObject({ appended: 2500 });
    expect(await chainIds()).toEqual(ids(lines));
  });

  it("gets further than the run before, however much it reads again and however little time it has", async () => {
    const lines = linesSince(9 * minute, 10);
    put(lines);
    await deliver();
    await server.run(`UPDATE records.audit_delivery SET up_to = '${lines[6]?.occurredAt}'`);
    server.aws.logs.pageSize = 2;
    expect((await deliver(operations, 1)).upTo).toBe(lines[7]?.occurredAt);
    expect((await deliver(operations, 1)).upTo).toBe(lines[9]?.occurredAt);
  });

  it("measures how far behind it begins, whatever becomes of it", async () => {
    const delays = () =>
      logged().flatMap(({ AuditDeliveryDelay: delay, AuditVerifications: verifications, service, environment }) =>
        delay === undefined
          ? []
          : [{ service, environment, hours: Math.round((delay as number) / 3600), verifications }],
      );
    const measured = (hours: number) => ({
      service: "records-operations",
      environment: "test",
      hours,
      verifications: 0,
    });
    server.aws.failAt({ operation: "FilterLogEvents", occurrence: 1, when: "before" });
    await expect(deliver()).rejects.toThrow("InjectedFailure");
    await deliver();
    await deliver();
    expect(delays()).toEqual([measured(24), measured(24), measured(0)]);
  });

  it("keeps what was covered, together with the moment, where a batch fails in its middle", async () => {
    const lines = linesSince(3 * hour, 1200);
    put(lines);
    await server.run(`
      CREATE FUNCTION refuse_one() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'of ${lines[700]?.id}'; END $$;
      CREATE TRIGGER refuse_one BEFORE INSERT ON records.audit_entries FOR EACH ROW
        WHEN (NEW.id = '${lines[700]?.id}') EXECUTE FUNCTION refuse_one()`);
    try {
      await expect(deliver()).rejects.toThrow(new Error("deliver-audit: error, P0001"));
      await expect(deliver()).rejects.toThrow(new Error("deliver-audit: error, P0001"));
    } finally {
      await server.run("DROP TRIGGER refuse_one ON records.audit_entries; DROP FUNCTION refuse_one");
    }
    expect(await chainIds()).toEqual(ids(lines.slice(0, 500)));
    expect(await reached()).toBe(lines[499]?.occurredAt);

    expect(await deliver()).toMatchObject({ appended: 700 });
    expect(await chainIds()).toEqual(ids(lines));
    expect(operations.output).not.toContain(lines[700]?.id);
  });

  it("runs twice at the same time without harm, beside writes of the service", async () => {
    const lines = linesSince(6 * hour, 3000);
    put(lines);
    const [malformed] = server.aws.logs.put(logGroup, [{ timestamp: ago(hour), message: "malformed" }]);
    const other = await startOperations("other");
    try {
      const [one, another, written] = await Promise.all([deliver(), deliver(other), writeRepeatedly(20)]);
      expect(one.appended + another.appended).toBe(3000);
      expect(one.malformed + another.malformed).toBe(1);
      expect(operations.output + other.output).toContain(malformed);
      const found = await chainIds();
      expect(found.filter((id) => !written.has(id))).toEqual(ids(lines));
      expect(await verifyChain(database)).toMatchObject({ intact: true, entries: 3020 });
    } finally {
      await other.stop();
    }
  });

  async function writeRepeatedly(count: number): Promise<Set<string>> {
    const written: Line[] = [];
    while (written.length < count) written.push(...(await write(1, 0)));
    return new Set(ids(written));
  }

  it("goes on after PostgreSQL was restarted in the middle", async () => {
    const lines = linesSince(6 * hour, 2000);
    put(lines);
    const count = async () =>
      Number((await server.run<{ count: string }>("SELECT count(*) FROM records.audit_entries"))[0]?.count);
    // The third batch of 500 waits.
    await server.run(`
      CREATE FUNCTION records.wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN NEW; END';
      CREATE TRIGGER wait BEFORE INSERT ON records.audit_entries FOR EACH ROW
        WHEN (NEW.sequence = 1200) EXECUTE FUNCTION records.wait()`);
    const delivering = expect(deliver()).rejects.toThrow(/^deliver-audit: /);
    while ((await count()) < 1000) await sleep(1);
    await server.postgres.process.stop();
    await delivering;
    await server.postgres.process.start();
    await server.run("DROP FUNCTION records.wait CASCADE");
    expect(await count()).toBe(1000);

    expect(await deliver()).toMatchObject({ appended: 1000 });
    expect(await chainIds()).toEqual(ids(lines));
    expect(await verifyChain(database)).toMatchObject({ intact: true, entries: 2000 });
  });

  it("says that PostgreSQL is not there", async () => {
    await server.postgres.process.stop();
    try {
      await expect(deliver()).rejects.toThrow(new Error("deliver-audit: Error, ECONNREFUSED"));
      expect(logged()).toEqual([
        expect.objectContaining({
          level: "ERROR",
          message: "failed",
          command: "deliver-audit",
          error: { dependency: "database", name: "Error", code: "ECONNREFUSED" },
        }),
      ]);
    } finally {
      await server.postgres.process.start();
    }
    put(linesSince(minute, 1));
    expect(await deliver()).toMatchObject({ appended: 1 });
  });

  const valid = lineAt(Date.UTC(2026, 0, 1));
  const malformed: [string, string][] = [
    ["no JSON", "secret of a patient"],
    ["half a line", JSON.stringify(valid).slice(0, -1)],
    ["null", "null"],
    ["a number", "1"],
    ["a list", "[]"],
    ...[
      { id: undefined },
      { id: 1 },
      { id: "not a uuid" },
      { occurredAt: undefined },
      { occurredAt: "2026-01-02" },
      { occurredAt: "2026-02-30T00:00:00.000Z" },
      { occurredAt: "2026-01-02T03:04:05Z" },
      { occurredAt: "0000-01-02T03:04:05.678Z" },
      { userId: undefined },
      { userId: 7 },
      { userId: "zero \0 character" },
      { userId: "half a pair \ud83d" },
      { action: null },
      { patientId: "not a uuid" },
      { patientId: null },
      { recordId: {} },
      { version: "1" },
      { version: 1.5 },
      { version: 0 },
      { version: 2 ** 31 },
      { outcome: "neither" },
      { outcome: undefined },
      { requestId: ["a"] },
      { sourceAddress: undefined },
      { sequence: "7" },
      { sequence: 7, hash: "0".repeat(64) },
      { sequence: "7", hash: "0" },
      { hash: "0".repeat(64) },
    ].map((change): [string, string] => [inspect(change), JSON.stringify({ ...valid, ...change })]),
  ];

  it.each(malformed)("counts a line that cannot be an entry, and goes on: %s", async (_, message) => {
    const lines = linesSince(3 * minute, 2);
    put(lines);
    const eventIds = server.aws.logs.put(logGroup, [{ timestamp: ago(2 * minute), message }]);
    expect(await deliver()).toMatchObject({ appended: 2, malformed: 1 });
    expect(await chainIds()).toEqual(ids(lines));
    expect(reported()).toEqual(eventIds);

    // It is read again, and known.
    expect(await deliver()).toMatchObject({ appended: 0, malformed: 0 });
    expect(reported()).toEqual(eventIds);
    expect(await server.run("SELECT event_id FROM records.audit_malformed_lines")).toEqual(
      eventIds.map((event_id) => ({ event_id })),
    );
  });

  it("reports malformed lines again where what they came with was not kept", async () => {
    const eventIds = server.aws.logs.put(logGroup, [{ timestamp: ago(2 * minute), message: "malformed" }]);
    await server.run("REVOKE UPDATE (up_to) ON records.audit_delivery FROM records_service");
    try {
      await expect(deliver()).rejects.toThrow(new Error("deliver-audit: error, 42501"));
    } finally {
      await server.run("GRANT UPDATE (up_to) ON records.audit_delivery TO records_service");
    }
    expect(await deliver()).toMatchObject({ malformed: 1 });
    expect(reported()).toEqual([...eventIds, ...eventIds]);
  });

  it("takes whatever it takes for a line: PostgreSQL refuses none of it", async () => {
    const text = fc.string({ unit: "binary" });
    const anything = fc.anything();
    const member = (arbitrary: fc.Arbitrary<unknown>) =>
      fc.oneof({ weight: 20, arbitrary }, { weight: 1, arbitrary: anything });
    const moment = fc
      .date({ noInvalidDate: true, min: new Date("0000-01-01T00:00:00Z"), max: new Date("9999-12-31T23:59:59.999Z") })
      .map((date) => date.toISOString());
    const line = fc.record(
      {
        id: member(fc.uuid()),
        occurredAt: member(moment),
        userId: member(fc.oneof(text, fc.constant(null))),
        action: member(text),
        patientId: member(fc.uuid()),
        recordId: member(fc.uuid()),
        version: member(fc.integer({ min: 1, max: 2 ** 31 - 1 })),
        outcome: member(fc.constantFrom("allowed", "refused")),
        requestId: member(text),
        sourceAddress: member(text),
      },
      { requiredKeys: ["id", "occurredAt", "userId", "action", "outcome", "requestId", "sourceAddress"] },
    );
    const messages = fc.sample(line, 1000).map((sample) => JSON.stringify(sample));
    server.aws.logs.put(
      logGroup,
      messages.map((message) => ({ timestamp: ago(minute), message })),
    );
    const { appended, malformed: refused } = await deliver();
    expect(appended).toBeGreaterThan(300);
    expect(appended + refused).toBe(1000);
    expect(await verifyChain(database)).toMatchObject({ intact: true, entries: appended });
  });

  it("writes the head of the chain to its own log, and nothing of whom the lines are about", async () => {
    const lines = linesSince(5 * minute, 3);
    put(lines);
    server.aws.logs.put(logGroup, [{ timestamp: ago(minute), message: "malformed with a patient's secret" }]);
    await deliver();
    expect(logged().filter(({ message }) => message === "chain head")).toEqual([
      expect.objectContaining({ environment: "test", ...(await head()) }),
    ]);
    const told = lines.flatMap(({ id, patientId, userId, requestId }) => [id, patientId, userId, requestId]);
    for (const text of [...told, "secret"]) expect(operations.output).not.toContain(text);
  });
});

describe("verify-audit", () => {
  const verify = () => operations.invoke({ command: "verify-audit" });

  /** What the alarms watch. */
  const measured = (intact: number): unknown =>
    expect.objectContaining({
      service: "records-operations",
      environment: "test",
      AuditVerifications: 1,
      AuditTrailIntact: intact,
    });

  it("finds a chain intact that has the anchors of the last day, but of the last minute", async () => {
    await write(2, 26 * hour);
    await write(3, 24 * hour);
    await write(4, 2 * minute);
    put(linesSince(hour, 5));
    server.aws.logs.put(logGroup, [{ timestamp: ago(hour), message: '{"sequence":"1","hash":"malformed"}' }]);
    // Its entry may not be there for others yet.
    put([lineAt(ago(second), { sequence: "4711", hash: "0".repeat(64) })]);
    expect(await verify()).toEqual({ intact: true, entries: 9, anchors: 7, head: await head() });
    expect(logged()).toEqual([
      expect.objectContaining({ level: "INFO", message: "audit trail intact", anchors: 7 }),
      measured(1),
    ]);
  });

  it("compares all anchors of the day, from all pages", async () => {
    await write(300, 3 * hour);
    await write(1000, hour);
    server.aws.logs.pageSize = 300;
    expect(await verify()).toMatchObject({ intact: true, entries: 1300, anchors: 1300 });
  });

  it("has no anchors where nothing was written", async () => {
    put(linesSince(hour, 2));
    await deliver();
    expect(await verify()).toMatchObject({ intact: true, entries: 2, anchors: 0 });
  });

  it.each<[string, string, { sequence: string; reason: string }]>([
    [
      "altered",
      "UPDATE records.audit_entries SET user_id = 'other' WHERE sequence = 3",
      { sequence: "3", reason: "altered" },
    ],
    ["deleted", "DELETE FROM records.audit_entries WHERE sequence = 3", { sequence: "3", reason: "missing" }],
    [
      "inserted",
      `INSERT INTO records.audit_entries SELECT 6, gen_random_uuid(), occurred_at, user_id, action, patient_id, record_id,
         version, outcome, request_id, source_address, hash, hash FROM records.audit_entries WHERE sequence = 5`,
      { sequence: "6", reason: "inserted" },
    ],
  ])("finds that an entry was %s, and says so as an error", async (_, statements, firstBroken) => {
    await write(5, hour);
    await tamper(statements);
    expect(await verify()).toMatchObject({ intact: false, firstBroken });
    expect(logged()).toEqual([
      expect.objectContaining({ level: "ERROR", message: "audit trail broken", intact: false, firstBroken }),
      measured(0),
    ]);
  });

  it("finds that the tail was cut off together with the head", async () => {
    await write(5, hour);
    await tamper(`
      DELETE FROM records.audit_entries WHERE sequence > 3;
      UPDATE records.audit_head SET (sequence, hash) = (SELECT sequence, hash FROM records.audit_entries WHERE sequence = 3)`);
    expect(await verifyChain(database)).toMatchObject({ intact: true });
    expect(await verify()).toMatchObject({
      intact: false,
      entries: 3,
      anchors: 3,
      firstBroken: { sequence: "4", reason: "missing" },
    });
  });

  /** As somebody does who changes an entry and makes all hashes fit. */
  async function writeAnew(entries: Line[], changed: number): Promise<void> {
    await tamper(emptyChain);
    const other = entries.map((entry, index) => (index === changed ? { ...entry, userId: "somebody else" } : entry));
    await server.run(`SELECT records.append_audit('${JSON.stringify(other)}')`);
  }

  it("finds that the chain was written anew, from the first anchor on that does not fit", async () => {
    const entries = await write(2, 26 * hour);
    entries.push(...(await write(3, hour)));
    await writeAnew(entries, 1);
    expect(await verifyChain(database)).toMatchObject({ intact: true, entries: 5 });
    expect(await verify()).toMatchObject({
      intact: false,
      entries: 2,
      anchors: 1,
      firstBroken: { sequence: "3", reason: "altered" },
    });
  });

  it("finds that however much the service has written since", async () => {
    await writeAnew(await write(2, 3 * hour), 1);
    await write(1200, hour);
    expect(await verify()).toMatchObject({
      intact: false,
      entries: 1,
      anchors: 2,
      firstBroken: { sequence: "2", reason: "altered" },
    });
  });

  it("fails where the audit log cannot be read: the chain alone proves less", async () => {
    await write(1, hour);
    server.aws.failAt({ operation: "FilterLogEvents", occurrence: 2, when: "before" });
    await expect(verify()).rejects.toThrow(new Error("verify-audit: InjectedFailure"));
    expect(logged().filter((line) => "AuditVerifications" in line)).toEqual([]);
  });
});

describe("end-sessions", () => {
  let userId: string;
  beforeEach(() => {
    userId = randomUUID();
  });
  const end = () => operations.invoke({ command: "end-sessions", userId, operator: "on-call" });

  let connection: RedisConnection;
  let sessions: Sessions;

  beforeAll(() => {
    connection = new RedisConnection(
      { host: "localhost", port: redis.port },
      new Secret(() => Promise.resolve(redisToken), String),
    );
    sessions = new Sessions(connection, { idle: 900, absolute, requestsPerMinute: 1000 });
  });

  afterAll(() => connection.close());

  async function open(user: string): Promise<SignIn> {
    const signIn = { id: randomUUID(), userId: user, at: ago(second) };
    expect(await sessions.open(signIn)).toMatchObject({ state: "live" });
    return signIn;
  }

  const states = (signIns: SignIn[]) => Promise.all(signIns.map(async (signIn) => (await sessions.use(signIn)).state));

  const lines = () => server.aws.logs.messages(logGroup).map((message) => JSON.parse(message) as Line);

  const expected: unknown = {
    id: expect.any(String) as unknown,
    occurredAt: expect.any(String) as unknown,
    userId: "on-call",
    action: "endSessions",
    outcome: "allowed",
    requestId: "aws-request-1",
    sourceAddress: "lambda",
  };

  it("ends all sessions of the user and nobody else's, with a line in the audit log that becomes an entry", async () => {
    const signIns = [await open(userId), await open(userId), await open("somebody else")];
    expect(await end()).toEqual({ ended: true });
    expect(await states(signIns)).toEqual(["ended", "ended", "live"]);
    const kept = await redis.administer("PTTL", `sessions-ended:${userId}`);
    expect(kept).toBeGreaterThan(absolute * second - minute);
    expect(kept).toBeLessThanOrEqual(absolute * second);
    expect(lines()).toEqual([expected]);
    expect(logged()).toEqual([
      expect.objectContaining({ message: "sessions ended", userId, operator: "on-call", requestId: "aws-request-1" }),
    ]);
    expect(await deliver()).toMatchObject({ appended: 1, malformed: 0 });
  });

  it("ends none without the line", async () => {
    const signIn = await open(userId);
    server.aws.failAt({ operation: "PutLogEvents", occurrence: 1, when: "before" });
    await expect(end()).rejects.toThrow(new Error("end-sessions: InjectedFailure"));
    expect(await states([signIn])).toEqual(["live"]);
  });

  it("has told of the attempt where Redis fails", async () => {
    await redis.process.stop();
    try {
      await expect(end()).rejects.toThrow(new Error("end-sessions: Error, ECONNREFUSED"));
    } finally {
      await redis.process.start();
    }
    expect(lines()).toEqual([expected]);
  });
});

describe("any other event", () => {
  const command = "end-sessions";
  it.each([
    null,
    "deliver-audit",
    {},
    [],
    { command: "drop-audit" },
    { command: "deliver-audit", since: "2026-01-01" },
    { command: "verify-audit", userId: "user" },
    { command: "verify-audit", operator: "operator" },
    { command },
    { command, userId: "user" },
    { command, userId: "user", operator: "" },
    { command, userId: "patient's name", operator: "operator" },
    { command, userId: 7, operator: "operator" },
    { command, userId: "u".repeat(129), operator: "operator" },
    { command, userId: "user", operator: "operator", dryRun: true },
  ])("is refused, and told what would do: %j", async (event) => {
    await expect(operations.invoke(event as object)).rejects.toThrow(
      new Error(
        'the event is none of {"command":"deliver-audit"}, {"command":"verify-audit"}, ' +
          '{"command":"end-sessions","userId":"<subject>","operator":"<who answers for it>"}, each id of 1 to 128 visible characters',
      ),
    );
    expect(server.aws.calls).toEqual([]);
  });
});
