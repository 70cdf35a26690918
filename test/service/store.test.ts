import { randomUUID } from "node:crypto";
import type { Database } from "../../service/postgres";
import type { AccessContext } from "../../service/records/access";
import { appendTo, type AuditEntry, AuditTrail } from "../../service/records/store/audit-trail";
import {
  ConflictError,
  CursorError,
  IdempotencyMismatchError,
  NotFoundError,
  VersionMismatchError,
} from "../../service/records/store/errors";
import { MedicalRecords, type RecordDetails } from "../../service/records/store/medical-records";
import type { Page, PageRequest } from "../../service/records/store/pages";
import { type PatientDetails, Patients, type WriteContext } from "../../service/records/store/patients";
import { RecordsDatabase } from "./support/records-database";

jest.setTimeout(60_000);

let server: RecordsDatabase;
let database: Database;
let patients: Patients;
let records: MedicalRecords;
let audit: AuditTrail;

beforeAll(async () => {
  server = await RecordsDatabase.start();
  await server.migrate();
  database = server.asService();
  patients = new Patients(database);
  records = new MedicalRecords(database);
  audit = new AuditTrail(database);
});

afterAll(async () => {
  await database.close();
  await server.stop();
});

const access = (action: WriteContext["action"]): WriteContext => ({
  userId: "user-1",
  action,
  requestId: "request-1",
  sourceAddress: "192.0.2.1",
});

const unblocked = () => Promise.resolve();

let numbers = 0;
const details = (changes: Partial<PatientDetails> = {}): PatientDetails => ({
  medicalRecordNumber: `N-${++numbers}`,
  familyName: "Synthetic",
  givenName: "Patient",
  birthDate: "1980-02-29",
  sex: "female",
  ...changes,
});

const newPatient = async (changes?: Partial<PatientDetails>) =>
  (await patients.create(access("createPatient"), randomUUID(), details(changes))).value;

const diagnosis: RecordDetails = {
  kind: "diagnosis",
  title: "title",
  text: "text",
  occurredAt: "2026-01-02T03:04:05.678Z",
};

const newRecord = async (patientId: string, changes: Partial<RecordDetails> = {}) =>
  (await records.create(access("createRecord"), patientId, randomUUID(), { ...diagnosis, ...changes })).value;

const append = (context: AccessContext, entries: AuditEntry[]) =>
  database.transaction((client) => appendTo(client, context, entries));

const auditCount = async () =>
  Number((await server.run<{ count: string }>("SELECT count(*) FROM records.audit_entries"))[0]?.count);

/** Every item of a list, by pages of two. */
async function everything<T>(list: (page: PageRequest) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await list({ limit: 2, cursor });
    expect(page.items.length).toBeLessThanOrEqual(2);
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return items;
}

describe("patients", () => {
  it("are created, found and replaced, each with one entry of the audit trail", async () => {
    const given = details({ phone: "+353123456", email: "synthetic@example.org" });
    const { value, receipts } = await patients.create(access("createPatient"), randomUUID(), given);
    expect(value).toEqual({
      ...given,
      id: value.id,
      version: 1,
      createdAt: value.createdAt,
      updatedAt: value.createdAt,
    });
    expect(value.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(receipts.map(({ patientId, version, outcome }) => [patientId, version, outcome])).toEqual([
      [value.id, 1, "allowed"],
    ]);
    expect(await patients.find(value.id)).toEqual(value);

    const replaced = details({ familyName: "Other" });
    const second = await patients.update(access("updatePatient"), value.id, 1, replaced, unblocked);
    expect(second.value).toEqual({
      ...replaced,
      id: value.id,
      version: 2,
      createdAt: value.createdAt,
      updatedAt: second.value.updatedAt,
    });
    expect((await audit.list(value.id, { limit: 10 })).items.map(({ action, version }) => [action, version])).toEqual([
      ["updatePatient", 2],
      ["createPatient", 1],
    ]);
  });

  it("that do not exist are not found", async () => {
    expect(await patients.find(randomUUID())).toBeNull();
    await expect(patients.update(access("updatePatient"), randomUUID(), 1, details(), unblocked)).rejects.toThrow(
      NotFoundError,
    );
  });

  it("share no medical record number, and a refused write leaves no entry", async () => {
    const [one, other] = [await newPatient(), await newPatient()];
    const before = await auditCount();
    const taken = details({ medicalRecordNumber: one.medicalRecordNumber });
    await expect(patients.create(access("createPatient"), randomUUID(), taken)).rejects.toThrow(ConflictError);
    await expect(patients.update(access("updatePatient"), other.id, 1, taken, unblocked)).rejects.toThrow(
      ConflictError,
    );
    expect(await auditCount()).toBe(before);
    expect(await patients.find(other.id)).toEqual(other);
  });

  it("are listed by family name, searched by its beginning and by birth date, a page at a time", async () => {
    const family = `Fam%ly_${randomUUID().slice(0, 8)}`;
    const born = async (birthDate: string, familyName: string) => (await newPatient({ birthDate, familyName })).id;
    const [b, a, c] = [
      await born("1970-01-02", `${family}B`),
      await born("1970-01-01", `${family.toUpperCase()}a`),
      await born("1970-01-02", `${family}c`),
    ];
    await born("1970-01-02", family.replace("%", "i"));
    const ids = async (search: { familyName?: string; birthDate?: string }) =>
      (await everything((page) => patients.list({ ...search, ...page }))).map(({ id }) => id);
    expect(await ids({ familyName: family.toLowerCase() })).toEqual([a, b, c]);
    expect(await ids({ familyName: family, birthDate: "1970-01-02" })).toEqual([b, c]);
    expect((await ids({ birthDate: "1970-01-01" })).includes(a)).toBe(true);
    const all = await ids({});
    expect([new Set(all).size, all.filter((id) => [a, b, c].includes(id))]).toEqual([all.length, [a, b, c]]);
  });

  it("are found whatever the case, by the rules of the database alone", async () => {
    const turkish = await RecordsDatabase.start();
    // I and ı are one letter there, and only there.
    await turkish.postgres.administer(
      "DROP DATABASE records",
      "CREATE DATABASE records OWNER platform TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'tr'",
    );
    await turkish.migrate();
    const connection = turkish.asService();
    try {
      const theirs = new Patients(connection);
      const { value } = await theirs.create(access("createPatient"), randomUUID(), details({ familyName: "ISIK" }));
      for (const familyName of ["ISI", "ısı", "Isık"])
        expect((await theirs.list({ familyName, limit: 10 })).items).toEqual([value]);
    } finally {
      await connection.close();
      await turkish.stop();
    }
  });

  it("are not listed by a cursor of another list, or of none", async () => {
    const { nextCursor = "" } = await patients.list({ limit: 1 });
    for (const cursor of [nextCursor.slice(0, -1), "AAAA", Buffer.from('xxxxxxxx["a"]').toString("base64url")])
      await expect(patients.list({ limit: 1, cursor })).rejects.toThrow(CursorError);
    await expect(patients.list({ limit: 1, cursor: nextCursor, familyName: "a" })).rejects.toThrow(CursorError);
  });
});

describe("an idempotency key", () => {
  it("answers the same request as the first time, whatever has happened since", async () => {
    const [key, given] = [randomUUID(), details()];
    const first = await patients.create(access("createPatient"), key, given);
    await patients.update(access("updatePatient"), first.value.id, 1, details(), unblocked);
    const again = await patients.create(access("createPatient"), key, given);
    expect(again.value).toEqual(first.value);
    expect(again.receipts[0]?.sequence).not.toBe(first.receipts[0]?.sequence);
  });

  it("is refused with other content, and free for others", async () => {
    const key = randomUUID();
    await patients.create(access("createPatient"), key, details());
    await expect(patients.create(access("createPatient"), key, details())).rejects.toThrow(IdempotencyMismatchError);
    await patients.create({ ...access("createPatient"), userId: "user-2" }, key, details());
  });

  it("is free for another operation", async () => {
    const key = randomUUID();
    const { value } = await patients.create(access("createPatient"), key, details());
    await records.create(access("createRecord"), value.id, key, diagnosis);
  });

  it("creates once for two requests at the same time", async () => {
    const [key, given] = [randomUUID(), details()];
    const [one, other] = await Promise.all([1, 2].map(() => patients.create(access("createPatient"), key, given)));
    expect(one?.value).toEqual(other?.value);
  });

  it("is a conflict while the first request is still at work", async () => {
    const [key, given] = [randomUUID(), details()];
    await database.transaction(async (client) => {
      await client.query(
        "INSERT INTO records.idempotency_keys VALUES ('user-1', 'createPatient', $1, '', NULL, now())",
        [key],
      );
      await expect(patients.create(access("createPatient"), key, given)).rejects.toThrow(ConflictError);
    });
  });

  it("is kept for a day, and forgotten then", async () => {
    const [key, given] = [randomUUID(), details()];
    const age = () => server.run("UPDATE records.idempotency_keys SET created_at = created_at - interval '23 hours'");
    const first = await patients.create(access("createPatient"), key, given);
    await age();
    expect((await patients.create(access("createPatient"), key, given)).value).toEqual(first.value);
    await age();
    const second = await patients.create(access("createPatient"), key, details());
    expect(second.value.id).not.toBe(first.value.id);
  });
});

describe("records", () => {
  it("are created and amended; every version stays", async () => {
    const patient = await newPatient();
    const first = await newRecord(patient.id);
    expect(first).toEqual({
      ...diagnosis,
      id: first.id,
      patientId: patient.id,
      version: 1,
      recordedBy: "user-1",
      recordedAt: first.recordedAt,
    });
    const amendment = { ...diagnosis, text: "amended", amendmentReason: "typing error" };
    const { value } = await records.amend(access("amendRecord"), patient.id, first.id, 1, amendment, unblocked);
    expect(value).toEqual({ ...first, ...amendment, version: 2, recordedAt: value.recordedAt });
    expect(await records.find(patient.id, first.id)).toEqual(value);
    expect(await records.find(patient.id, first.id, 1)).toEqual(first);
    expect(await records.find(patient.id, first.id, 3)).toBeNull();
  });

  it("belong to one patient", async () => {
    const [patient, stranger] = [await newPatient(), await newPatient()];
    const record = await newRecord(patient.id);
    const amendment = { ...diagnosis, amendmentReason: "reason" };
    expect(await records.find(stranger.id, record.id)).toBeNull();
    await expect(records.amend(access("amendRecord"), stranger.id, record.id, 1, amendment, unblocked)).rejects.toThrow(
      NotFoundError,
    );
    await expect(newRecord(randomUUID())).rejects.toThrow(NotFoundError);
  });

  it("of two writers at the same time let one through", async () => {
    const patient = await newPatient();
    const record = await newRecord(patient.id);
    const before = await auditCount();
    const results = await Promise.allSettled(
      ["one", "other"].map((text) =>
        records.amend(
          access("amendRecord"),
          patient.id,
          record.id,
          1,
          { ...diagnosis, text, amendmentReason: text },
          unblocked,
        ),
      ),
    );
    const refused = results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
    expect(refused).toEqual([expect.any(VersionMismatchError)]);
    expect((await records.find(patient.id, record.id))?.version).toBe(2);
    expect(await auditCount()).toBe(before + 1);
  });

  it("are listed by the latest version's event, the most recent first", async () => {
    const patient = await newPatient();
    const days = ["2026-03-01", "2026-01-01", "2026-02-01", "2026-02-01"];
    const made = [];
    for (const day of days) made.push(await newRecord(patient.id, { occurredAt: `${day}T00:00:00.000Z` }));
    const amendment = { ...diagnosis, occurredAt: "2026-04-01T00:00:00.000Z", amendmentReason: "wrong month" };
    await records.amend(access("amendRecord"), patient.id, made[1]?.id ?? "", 1, amendment, unblocked);
    const listed = await everything(async (page) => (await records.list(patient.id, page)) ?? { items: [] });
    expect(listed.map(({ occurredAt }) => occurredAt.slice(5, 7))).toEqual(["04", "03", "02", "02"]);
    expect(new Set(listed.map(({ id }) => id)).size).toBe(4);
    expect(await records.list(randomUUID(), { limit: 1 })).toBeNull();
    expect(await records.list((await newPatient()).id, { limit: 1 })).toEqual({ items: [] });
  });
});

describe("the audit trail", () => {
  it("keeps who, what, which, when, from where and how it ended, the latest first", async () => {
    const [patientId, recordId] = [randomUUID(), randomUUID()];
    const [receipt] = await append(access("getRecord"), [{ patientId, recordId, version: 3, outcome: "allowed" }]);
    await append({ ...access("getPatient"), userId: null }, [{ patientId, outcome: "refused" }]);
    const listed = await everything((page) => audit.list(patientId, { ...page, limit: 1 }));
    const common = { patientId, requestId: "request-1", sourceAddress: "192.0.2.1" };
    expect(listed.map(({ id, occurredAt, ...rest }) => rest)).toEqual([
      { ...common, userId: "", action: "getPatient", outcome: "refused" },
      { ...common, userId: "user-1", action: "getRecord", outcome: "allowed", recordId, version: 3 },
    ]);
    expect(listed[1]).toMatchObject({ id: receipt?.id, occurredAt: receipt?.occurredAt });
  });

  it("has no gaps, however many append at the same time and fail", async () => {
    const appendTwo = () => append(access("getPatient"), [{ outcome: "allowed" }, { outcome: "refused" }]);
    const fail = () =>
      database.transaction(async (client) => {
        await client.query('SELECT records.append_audit(\'[{"outcome": "neither"}]\')');
      });
    const results = await Promise.allSettled([appendTwo(), fail(), appendTwo(), fail(), appendTwo()]);
    expect(results.map(({ status }) => status)).toEqual([
      "fulfilled",
      "rejected",
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
    const [{ gaps } = {}] = await server.run<{ gaps: string }>(
      "SELECT max(sequence) - count(*) AS gaps FROM records.audit_entries",
    );
    expect(gaps).toBe("0");
  });
});

describe("a transaction", () => {
  it("fails where a statement failed that nobody noticed", async () => {
    const unnoticed = database.transaction((client) => client.query("SELECT 1 / 0").catch(() => undefined));
    await expect(unnoticed).rejects.toThrow("a statement of the transaction failed");
  });

  it("whose connection is lost fails alone, not the process", async () => {
    await database.transaction((client) => {
      expect(() => client.emit("error", new Error("lost"))).not.toThrow();
      return Promise.resolve();
    });
  });
});

describe("PostgreSQL restarted in mid-write", () => {
  it("leaves the write and its entry, or neither; and the next one works", async () => {
    const patient = await newPatient();
    const before = await auditCount();
    let version = 1;
    const writing = (async () => {
      for (;;) {
        await patients.update(access("updatePatient"), patient.id, version, details(), unblocked);
        version++;
      }
    })().catch(() => undefined);
    while (version < 5) await new Promise((done) => setTimeout(done, 5));
    await server.postgres.process.stop();
    await writing;
    await server.postgres.process.start();

    const found = (await patients.find(patient.id))?.version ?? 0;
    expect(found - version === 0 || found - version === 1).toBe(true);
    expect(await auditCount()).toBe(before + found - 1);
    await patients.update(access("updatePatient"), patient.id, found, details(), unblocked);
  });
});
