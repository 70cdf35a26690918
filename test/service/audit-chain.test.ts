import { randomUUID } from "node:crypto";
import { entryHash } from "../../service/audit-chain";
import { selectBatch, type StoredEntry, verifyChain, type Verification } from "../../service/operations/verify-chain";
import type { Database } from "../../service/postgres";
import { appendAudit, appendTo } from "../../service/records/store/audit-trail";
import { RecordsDatabase } from "./support/records-database";

jest.setTimeout(60_000);

let server: RecordsDatabase;
let database: Database;
let last: { sequence: string; hash: string };

const count = 6;

beforeAll(async () => {
  server = await RecordsDatabase.start();
  await server.migrate();
  database = server.asService();
  expect(await verifyChain(database)).toEqual({ intact: true, entries: 0, anchors: 0, head: null });

  for (let entry = 1; entry <= count; entry++) {
    const access = {
      userId: `Zoë "\\ \n ${entry}`,
      action: "getRecord",
      requestId: "r",
      sourceAddress: "::1",
    } as const;
    const patientId = "00000000-0000-4000-8000-000000000001";
    const [receipt] = await database.transaction((client) =>
      appendTo(client, access, [{ patientId, version: entry, outcome: "allowed" }]),
    );
    last = { sequence: receipt?.sequence ?? "", hash: receipt?.hash ?? "" };
  }
  await server.run(
    "CREATE TABLE entries AS TABLE records.audit_entries; CREATE TABLE head AS TABLE records.audit_head",
  );
});

afterAll(async () => {
  await database.close();
  await server.stop();
});

/** As somebody does who can switch off triggers. */
const tamper = (statements: string) =>
  server.run(`
    ALTER TABLE records.audit_entries DISABLE TRIGGER ALL;
    ALTER TABLE records.audit_head DISABLE TRIGGER ALL;
    ${statements}`);

afterEach(() =>
  tamper(`
    DELETE FROM records.audit_entries; INSERT INTO records.audit_entries TABLE entries;
    DELETE FROM records.audit_head; INSERT INTO records.audit_head TABLE head`),
);

const broken = (sequence: number, reason: string): Partial<Verification> => ({
  intact: false,
  firstBroken: { sequence: String(sequence), reason } as Verification["firstBroken"],
});

it("is intact as it was written, and has the anchor", async () => {
  expect(await verifyChain(database, [last])).toEqual({ intact: true, entries: count, anchors: 1, head: last });
});

it.each([
  "user_id = 'somebody else'",
  "action = 'getPatient'",
  "patient_id = NULL",
  "record_id = '00000000-0000-4000-8000-000000000002'",
  "version = 1",
  "outcome = 'refused'",
  "request_id = 'other'",
  "source_address = '::2'",
  "occurred_at = occurred_at + interval '1 millisecond'",
  "id = '00000000-0000-4000-8000-000000000003'",
  "hash = decode(repeat('00', 32), 'hex')",
  "previous_hash = decode(repeat('00', 32), 'hex')",
])("shows an altered entry: %s", async (change) => {
  await tamper(`UPDATE records.audit_entries SET ${change} WHERE sequence = 3`);
  expect(await verifyChain(database)).toMatchObject({ ...broken(3, "altered"), entries: 2 });
});

describe("an altered entry whose hash was made to fit", () => {
  /** As somebody does who knows how the chain is computed. */
  const forgeThird = async () => {
    await tamper("UPDATE records.audit_entries SET user_id = 'somebody else' WHERE sequence = 3");
    const { rows } = await database.query<StoredEntry>(selectBatch, ["2"]);
    const [entry] = rows;
    if (!entry) throw new Error("there is no third entry");
    const hash = `decode('${entryHash(entry.previousHash, entry)}', 'hex')`;
    await tamper(`UPDATE records.audit_entries SET hash = ${hash} WHERE sequence = 3`);
    return hash;
  };

  it("is shown by the next one, which names another as the one before", async () => {
    await forgeThird();
    expect(await verifyChain(database)).toMatchObject({ ...broken(4, "altered"), entries: 3 });
  });

  it("is shown by the next one's hash, where that names it as the one before", async () => {
    const hash = await forgeThird();
    await tamper(`UPDATE records.audit_entries SET previous_hash = ${hash} WHERE sequence = 4`);
    expect(await verifyChain(database)).toMatchObject({ ...broken(4, "altered"), entries: 3 });
  });
});

it.each([1, 3, count])("shows that entry %s was deleted", async (sequence) => {
  await tamper(`DELETE FROM records.audit_entries WHERE sequence = ${sequence}`);
  expect(await verifyChain(database)).toMatchObject(broken(sequence, "missing"));
});

it("shows an inserted entry", async () => {
  await tamper(`
    INSERT INTO records.audit_entries SELECT ${count + 1}, gen_random_uuid(), occurred_at, user_id, action, patient_id,
      record_id, version, outcome, request_id, source_address, hash, hash
    FROM records.audit_entries WHERE sequence = ${count}`);
  expect(await verifyChain(database)).toMatchObject(broken(count + 1, "inserted"));
});

it("shows an entry that was inserted before the first", async () => {
  await tamper(`
    ALTER TABLE records.audit_entries DROP CONSTRAINT IF EXISTS audit_entries_sequence;
    INSERT INTO records.audit_entries SELECT 0, gen_random_uuid(), occurred_at, user_id, action, patient_id, record_id,
      version, outcome, request_id, source_address, previous_hash, hash
    FROM records.audit_entries WHERE sequence = 1`);
  expect(await verifyChain(database)).toMatchObject({ ...broken(0, "inserted"), entries: 0 });
});

it("shows a head that is not the last entry's", async () => {
  await tamper("UPDATE records.audit_head SET hash = sha256('other')");
  expect(await verifyChain(database)).toMatchObject({ ...broken(count, "altered"), entries: count });
});

it("shows a tail that was cut off together with the head, by an anchor from the audit log", async () => {
  await tamper(`
    DELETE FROM records.audit_entries WHERE sequence > 4;
    UPDATE records.audit_head SET (sequence, hash) = (SELECT sequence, hash FROM records.audit_entries WHERE sequence = 4)`);
  expect(await verifyChain(database)).toMatchObject({ intact: true, entries: 4 });
  expect(await verifyChain(database, [last])).toMatchObject(broken(5, "missing"));
});

it("shows a chain that was written anew, by an anchor from the audit log", async () => {
  expect(await verifyChain(database, [last, { sequence: "4", hash: last.hash }])).toMatchObject(broken(4, "altered"));
});

describe("entries that bring their id and their moment", () => {
  const given = (changes: object = {}) => ({
    id: randomUUID(),
    occurredAt: "2026-01-02T03:04:05.678Z",
    userId: null,
    action: "getPatient",
    outcome: "refused",
    requestId: "r",
    sourceAddress: "::1",
    ...changes,
  });

  interface Receipt {
    sequence: string;
    id: string;
    occurredAt: string;
  }

  const append = async (entries: object[]) => {
    const parameter = JSON.stringify(entries);
    const { rows } = await database.transaction((client) => client.query<Receipt>(appendAudit, [parameter]));
    return rows.map(({ sequence, id, occurredAt }) => ({ sequence, id, occurredAt }));
  };

  const receipt = (place: number, { id, occurredAt }: { id: string; occurredAt: string }): Receipt => ({
    sequence: String(count + place),
    id,
    occurredAt,
  });

  it("keep them, and are in the chain", async () => {
    const [first, second] = [given(), given({ occurredAt: "2025-12-31T23:59:59.999Z" })];
    expect(await append([first, second])).toEqual([receipt(1, first), receipt(2, second)]);
    expect(await verifyChain(database)).toMatchObject({ intact: true, entries: count + 2 });
  });

  it("are appended once, however often they come, together or apart; what is new among them is", async () => {
    const [first, second, third] = [given(), given(), given()];
    expect(await append([first, first, second])).toEqual([receipt(1, first), receipt(2, second)]);
    expect(await append([second, third, first])).toEqual([receipt(3, third)]);
    expect(await append([first, second, third])).toEqual([]);
    expect(await verifyChain(database)).toMatchObject({ intact: true, entries: count + 3 });
  });

  it("are appended once by many at the same time", async () => {
    const entries = Array.from({ length: 20 }, () => given());
    const results = await Promise.all([entries, entries.toReversed(), entries].map(append));
    const ids = (list: { id: string }[]) => list.map(({ id }) => id).sort();
    expect(ids(results.flat())).toEqual(ids(entries));
    expect(await verifyChain(database)).toMatchObject({ intact: true, entries: count + 20 });
  });
});
