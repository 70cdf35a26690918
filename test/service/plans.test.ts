import { randomUUID } from "node:crypto";
import type { Database } from "../../service/postgres";
import { selectKnown } from "../../service/operations/deliver-audit";
import { selectAccesses } from "../../service/records/store/audit-trail";
import { claimKey, keepResponse, purgeKeys, selectResponse } from "../../service/records/store/idempotency";
import { selectRecord, selectRecords } from "../../service/records/store/medical-records";
import { selectPatient, selectPatients } from "../../service/records/store/patients";
import { RecordsDatabase } from "./support/records-database";

jest.setTimeout(120_000);

let server: RecordsDatabase;
let database: Database;

beforeAll(async () => {
  server = await RecordsDatabase.start();
  await server.migrate();
  database = server.asService();
  await server.run(`
    INSERT INTO records.patients
      SELECT gen_random_uuid(), 1, 'N-' || n, 'Synthetic' || n, 'Patient', date '1940-01-01' + n, 'other', NULL, NULL, now(), now()
      FROM generate_series(1, 20000) AS n;
    INSERT INTO records.medical_records
      SELECT gen_random_uuid(), id, 1, now() - random() * interval '10 years' FROM records.patients, generate_series(1, 3);
    INSERT INTO records.medical_record_versions
      SELECT id, 1, 'diagnosis', 'title', 'text', occurred_at, NULL, 'user', now() FROM records.medical_records;
    INSERT INTO records.idempotency_keys
      SELECT 'user', 'createPatient', gen_random_uuid(), '', NULL, now() - random() * interval '24 hours'
      FROM generate_series(1, 20000);
    INSERT INTO records.audit_entries
      SELECT row_number() OVER (), gen_random_uuid(), now(), 'user', 'getPatient', id, NULL, 1, 'allowed', 'r', '::1', '', ''
      FROM records.patients, generate_series(1, 3);
    ANALYZE`);
});

afterAll(async () => {
  await database.close();
  await server.stop();
});

interface Plan {
  "Node Type": string;
  "Relation Name"?: string;
  "Index Name"?: string;
  "Conflict Arbiter Indexes"?: string[];
  Plans?: Plan[];
}

const nodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];

/** Indexes that the statement's plan reads or finds conflicts by, and tables that it reads whole. */
async function reads(statement: string, values: unknown[]): Promise<string[]> {
  const plans = await database.transaction(async (client) => {
    const { rows } = await client.query<{ "QUERY PLAN": [{ Plan: Plan }] }>(
      `EXPLAIN (FORMAT JSON) ${statement}`,
      values,
    );
    const [explained] = rows;
    if (!explained) throw new Error("there is no plan");
    return nodes(explained["QUERY PLAN"][0].Plan);
  });
  return plans
    .flatMap((node) =>
      node["Node Type"] === "Seq Scan"
        ? `all of ${node["Relation Name"] ?? ""}`
        : (node["Index Name"] ?? node["Conflict Arbiter Indexes"] ?? []),
    )
    .sort();
}

const [one, other] = [randomUUID(), randomUUID()];
const nobody: [null, null] = [null, null];

it.each<[string, string, unknown[], string[]]>([
  ["a patient", selectPatient, [one], ["patients_pkey"]],
  ["patients", selectPatients({}), [null, null, ...nobody, 26], ["patients_by_family_name"]],
  [
    "the next patients",
    selectPatients({ cursor: "c" }),
    [null, null, "synthetic5", one, 26],
    ["patients_by_family_name"],
  ],
  [
    "patients by name",
    selectPatients({ familyName: "s" }),
    ["Synthetic123%", null, ...nobody, 26],
    ["patients_by_family_name"],
  ],
  [
    "patients by birth date",
    selectPatients({ birthDate: "d" }),
    [null, "1950-01-01", ...nobody, 26],
    ["patients_by_birth_date"],
  ],
  [
    "patients by both, the next",
    selectPatients({ familyName: "s", birthDate: "d", cursor: "c" }),
    ["Synthetic1%", "1950-01-01", "synthetic1", one, 26],
    ["patients_by_birth_date"],
  ],
  ["a record", selectRecord, [one, other, null], ["medical_record_versions_pkey", "medical_records_pkey"]],
  ["a version", selectRecord, [one, other, 2], ["medical_record_versions_pkey", "medical_records_pkey"]],
  ["records", selectRecords, [one, ...nobody, 26], ["medical_record_versions_pkey", "medical_records_by_patient"]],
  [
    "the next records",
    selectRecords,
    [one, "2026-01-01T00:00:00Z", other, 26],
    ["medical_record_versions_pkey", "medical_records_by_patient"],
  ],
  ["accesses", selectAccesses, [one, null, 26], ["audit_entries_by_patient"]],
  ["the next accesses", selectAccesses, [one, "100", 26], ["audit_entries_by_patient"]],
  // A batch has more, for which only a table of this size is read whole.
  ["delivered lines", selectKnown, [Array.from({ length: 20 }, () => randomUUID())], ["audit_entries_id"]],
  ["a key", claimKey, ["user", "createPatient", one, Buffer.of()], ["idempotency_keys_pkey"]],
  ["a response", selectResponse, ["user", "createPatient", one, Buffer.of()], ["idempotency_keys_pkey"]],
  ["the response's keeping", keepResponse, ["user", "createPatient", one, "{}"], ["idempotency_keys_pkey"]],
  ["expired keys", purgeKeys, [], ["idempotency_keys_by_age", "idempotency_keys_pkey"]],
])("%s is found by an index", async (_, statement, values, expected) => {
  expect(await reads(statement, values)).toEqual(expected);
});
