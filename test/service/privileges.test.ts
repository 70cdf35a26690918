import { RecordsDatabase } from "./support/records-database";

jest.setTimeout(60_000);

let database: RecordsDatabase;

beforeAll(async () => {
  database = await RecordsDatabase.start();
  await database.migrate();
});

afterAll(() => database.stop());

const asService = (statement: string) => database.run(statement, database.serviceCredentials());

const patient = "gen_random_uuid(), 1, 'N-1', 'Family', 'Given', '2000-01-01', 'other', NULL, NULL, now(), now()";
const insertPatient = (values: string) =>
  `INSERT INTO records.patients (id, version, medical_record_number, family_name, given_name, birth_date, sex, phone, email, created_at, updated_at) VALUES (${values})`;

it.each([
  "INSERT INTO records.audit_entries SELECT * FROM records.audit_entries",
  "UPDATE records.audit_entries SET outcome = 'allowed'",
  "DELETE FROM records.audit_entries",
  "TRUNCATE records.audit_entries",
  "UPDATE records.audit_head SET sequence = 0",
  "INSERT INTO records.audit_delivery (up_to) VALUES (now())",
  "UPDATE records.audit_delivery SET singleton = true",
  "DELETE FROM records.audit_delivery",
  "UPDATE records.audit_malformed_lines SET event_id = ''",
  "DELETE FROM records.audit_malformed_lines",
  "UPDATE records.medical_record_versions SET text = ''",
  "DELETE FROM records.medical_record_versions",
  "DELETE FROM records.medical_records",
  "UPDATE records.medical_records SET patient_id = id",
  "DELETE FROM records.patients",
  "ALTER TABLE records.audit_entries DISABLE TRIGGER refuse_change",
  "DROP TABLE records.patients",
  "CREATE TABLE records.other ()",
  "CREATE TABLE public.other ()",
  "CREATE TEMPORARY TABLE other ()",
  "CREATE SCHEMA other",
  "CREATE ROLE other",
  "SELECT * FROM migrations.kysely_migration",
  "SELECT * FROM analytics.events",
  "SET ROLE records_owner",
  "SET ROLE platform",
])("the service may not: %s", async (statement) => {
  await expect(asService(statement)).rejects.toMatchObject({
    code: "42501",
    message: expect.stringMatching(/^(permission denied|must be owner)/) as string,
  });
});

it.each([
  ["UPDATE", "audit_entries", "UPDATE records.audit_entries SET version = 1"],
  ["DELETE", "audit_entries", "DELETE FROM records.audit_entries"],
  ["TRUNCATE", "audit_entries", "TRUNCATE records.audit_entries"],
  ["DELETE", "audit_head", "DELETE FROM records.audit_head"],
  ["TRUNCATE", "audit_head", "TRUNCATE records.audit_head"],
  ["UPDATE", "medical_record_versions", "UPDATE records.medical_record_versions SET text = 'x'"],
  ["DELETE", "medical_record_versions", "DELETE FROM records.medical_record_versions"],
  ["TRUNCATE", "medical_record_versions", "TRUNCATE records.medical_record_versions"],
])("even the owner may not %s %s", async (operation, table, statement) => {
  await expect(database.run(`SET ROLE records_owner; ${statement}`)).rejects.toMatchObject({
    code: "42501",
    message: `${operation} of ${table} is never allowed`,
  });
});

it("analytics sees events without anything that identifies, and nothing else", async () => {
  await database.run("ALTER ROLE analytics PASSWORD 'analytics password'");
  const run = (statement: string) => database.run(statement, { username: "analytics", password: "analytics password" });
  await asService(insertPatient(patient.replace("N-1", "N-2").replace("2000-01-01", "1901-05-06")));
  await asService(insertPatient(patient.replace("N-1", "N-3").replace("2000-01-01", "1975-05-06")));
  await database.run(`
    INSERT INTO records.medical_records SELECT id, id, 1, '2021-03-04T05:06:07Z' FROM records.patients;
    INSERT INTO records.medical_record_versions
      SELECT id, 1, 'diagnosis', 'title', 'text', occurred_at, NULL, 'user', now() FROM records.medical_records`);
  expect(await run("SELECT * FROM analytics.events ORDER BY age_from")).toEqual([
    { kind: "diagnosis", year: 2021, sex: "other", age_from: 40 },
    { kind: "diagnosis", year: 2021, sex: "other", age_from: 90 },
  ]);
  // Without it, a function in a condition would see the rows that the view leaves out.
  expect(await database.run("SELECT reloptions FROM pg_class WHERE oid = 'analytics.events'::regclass")).toEqual([
    { reloptions: ["security_barrier=true"] },
  ]);
  for (const table of ["patients", "medical_records", "medical_record_versions", "audit_entries", "idempotency_keys"])
    await expect(run(`SELECT FROM records.${table}`)).rejects.toMatchObject({ code: "42501" });
});

it("nobody else may connect", async () => {
  await database.run("CREATE ROLE stranger LOGIN PASSWORD 'stranger'");
  await expect(database.run("SELECT", { username: "stranger", password: "stranger" })).rejects.toMatchObject({
    code: "42501",
  });
});

it("limits what the service's statements may wait for", async () => {
  const settings =
    "current_setting('statement_timeout') || ' ' || current_setting('lock_timeout') || ' ' || current_setting('idle_in_transaction_session_timeout')";
  expect(await asService(`SELECT ${settings} AS limits`)).toEqual([{ limits: "5s 2s 5s" }]);
});

describe("a row is refused by", () => {
  it.each([
    ["patients_version", "1, 'N-1'", "0, 'N-1'"],
    ["patients_medical_record_number_form", "'N-1'", "'n-1'"],
    ["patients_family_name", "'Family'", "' '"],
    ["patients_family_name", "'Family'", "repeat('x', 101)"],
    ["patients_given_name", "'Given'", "' '"],
    ["patients_sex", "'other'", "'none'"],
    ["patients_phone", "'other', NULL", "'other', '0123'"],
    ["patients_email", "NULL, now()", "'@', now()"],
    ["patients_updated_at", "now(), now()", "now(), now() - interval '1 second'"],
  ])("%s: %s as %s", async (constraint, from, to) => {
    await expect(asService(insertPatient(patient.replace(from, to)))).rejects.toMatchObject({
      code: "23514",
      constraint,
    });
  });

  it("patients_medical_record_number_unique", async () => {
    await asService(insertPatient(patient));
    await expect(asService(insertPatient(patient))).rejects.toMatchObject({
      code: "23505",
      constraint: "patients_medical_record_number_unique",
    });
  });
});
