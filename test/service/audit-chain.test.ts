import { verifyChain, type Verification } from "../../service/audit-verification/verify";
import type { Database } from "../../service/postgres";
import { AuditTrail } from "../../service/records/store/audit-trail";
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
  expect(await verifyChain(database)).toEqual({ intact: true, entries: 0, head: null });

  const trail = new AuditTrail(database);
  for (let entry = 1; entry <= count; entry++) {
    const access = {
      userId: `Zoë "\\ \n ${entry}`,
      action: "getRecord",
      requestId: "r",
      sourceAddress: "::1",
    } as const;
    const patientId = "00000000-0000-4000-8000-000000000001";
    const [receipt] = await trail.append(access, [{ patientId, version: entry, outcome: "allowed" }]);
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
  expect(await verifyChain(database, last)).toEqual({ intact: true, entries: count, head: last });
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

it("shows an altered entry whose hash was made to fit, by the next one", async () => {
  await tamper("UPDATE records.audit_entries SET hash = sha256('fits') WHERE sequence = 3");
  expect(await verifyChain(database)).toMatchObject(broken(3, "altered"));
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
  expect(await verifyChain(database, last)).toMatchObject(broken(5, "missing"));
});

it("shows a chain that was written anew, by an anchor from the audit log", async () => {
  expect(await verifyChain(database, { sequence: "4", hash: last.hash })).toMatchObject(broken(4, "altered"));
});
