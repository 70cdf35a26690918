import { randomUUID } from "node:crypto";
import { DatabaseError } from "pg";
import type { Database } from "../../postgres";
import type { AccessContext } from "../access";
import { appendTo, type AuditReceipt } from "./audit-trail";
import { ConflictError, NotFoundError, VersionMismatchError } from "./errors";
import { createOnce } from "./idempotency";
import { decodeCursor, type Page, type PageRequest, toPage } from "./pages";
import { momentColumn, type Row, withoutNulls } from "./rows";

export interface PatientDetails {
  medicalRecordNumber: string;
  familyName: string;
  givenName: string;
  /** `YYYY-MM-DD`. */
  birthDate: string;
  sex: "female" | "male" | "other" | "unknown";
  phone?: string;
  email?: string;
}

export interface Patient extends PatientDetails {
  id: string;
  version: number;
  createdAt: string;
  updatedAt: string;
}

/** What a write left behind: its result, and its entries in the audit trail. */
export interface Written<T> {
  value: T;
  receipts: AuditReceipt[];
}

/** Somebody who writes has a valid token. */
export type WriteContext = AccessContext & { userId: string };

export interface PatientSearch extends PageRequest {
  /** Beginning of the family name, upper and lower case alike. */
  familyName?: string;
  /** `YYYY-MM-DD`. */
  birthDate?: string;
}

const columns = `id, version, medical_record_number AS "medicalRecordNumber", family_name AS "familyName",
  given_name AS "givenName", birth_date::text AS "birthDate", sex, phone, email,
  ${momentColumn("created_at")} AS "createdAt", ${momentColumn("updated_at")} AS "updatedAt"`;

export const selectPatient = `SELECT ${columns} FROM records.patients WHERE id = $1`;

const lockPatient = "SELECT version FROM records.patients WHERE id = $1 FOR UPDATE";

/** Each search has a statement of its own, so that each has the plan that its index allows. */
export const selectPatients = ({ familyName, birthDate, cursor }: Partial<PatientSearch>) => {
  const conditions = [
    familyName === undefined ? "$1::text IS NULL" : "family_name_key LIKE lower($1)",
    birthDate === undefined ? "$2::date IS NULL" : "birth_date = $2",
    cursor === undefined ? "$3::text IS NULL AND $4::uuid IS NULL" : '(family_name_key, id) > ($3 COLLATE "C", $4)',
  ];
  return `SELECT ${columns}, family_name_key AS "familyNameKey" FROM records.patients
    WHERE ${conditions.join(" AND ")} ORDER BY family_name_key, id LIMIT $5`;
};

const insertPatient = `
  INSERT INTO records.patients (id, version, medical_record_number, family_name, given_name, birth_date, sex, phone,
    email, created_at, updated_at)
  VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, date_trunc('milliseconds', now()), date_trunc('milliseconds', now()))
  RETURNING ${columns}`;

const updatePatient = `
  UPDATE records.patients SET version = version + 1, medical_record_number = $2, family_name = $3, given_name = $4,
    birth_date = $5, sex = $6, phone = $7, email = $8, updated_at = date_trunc('milliseconds', now())
  WHERE id = $1 RETURNING ${columns}`;

/** The patients of the hospital. Writes take effect with their audit entry or not at all. */
export class Patients {
  constructor(private readonly database: Database) {}

  async find(id: string): Promise<Patient | null> {
    const { rows } = await this.database.query<Row<Patient>>(selectPatient, [id]);
    return rows[0] ? withoutNulls<Patient>(rows[0]) : null;
  }

  /** By family name, a page at a time. */
  async list(search: PatientSearch): Promise<Page<Patient>> {
    const { familyName, birthDate, cursor, limit } = search;
    const list = ["patients", familyName ?? null, birthDate ?? null];
    const [afterName = null, afterId = null] = cursor === undefined ? [] : decodeCursor(list, cursor, 2);
    const { rows } = await this.database.query<Row<Patient> & { familyNameKey: string }>(selectPatients(search), [
      familyName === undefined ? null : `${familyName.replace(/[\\%_]/g, "\\$&")}%`,
      birthDate ?? null,
      afterName,
      afterId,
      limit + 1,
    ]);
    return toPage(
      rows,
      search,
      list,
      ({ familyNameKey, id }) => [familyNameKey, id],
      ({ familyNameKey, ...row }) => withoutNulls<Patient>(row),
    );
  }

  /** @throws ConflictError where another patient has the medical record number, or the key is still at work */
  create(access: WriteContext, key: string, details: PatientDetails): Promise<Written<Patient>> {
    const request = { userId: access.userId, operation: "createPatient", key, content: [details] } as const;
    return this.database.transaction(async (client) => {
      const { value } = await createOnce(client, request, async () => {
        const { rows } = await client
          .query<Row<Patient>>(insertPatient, [randomUUID(), ...values(details)])
          .catch(refuseSecondNumber);
        return patientOf(rows);
      });
      return { value, receipts: await appendTo(client, access, [audited(value)]) };
    });
  }

  /**
   * Replaces a patient's details.
   *
   * @param beforeChange runs once nobody else can change the patient any more, within the transaction
   * @throws NotFoundError, VersionMismatchError, ConflictError where another patient has the medical record number
   */
  update(
    access: WriteContext,
    id: string,
    ifVersion: number,
    details: PatientDetails,
    beforeChange: () => Promise<void>,
  ): Promise<Written<Patient>> {
    return this.database.transaction(async (client) => {
      const { rows: locked } = await client.query<{ version: number }>(lockPatient, [id]);
      if (!locked[0]) throw new NotFoundError("There is no such patient.");
      if (locked[0].version !== ifVersion) throw new VersionMismatchError("The patient was changed in the meantime.");
      await beforeChange();
      const { rows } = await client
        .query<Row<Patient>>(updatePatient, [id, ...values(details)])
        .catch(refuseSecondNumber);
      const value = patientOf(rows);
      return { value, receipts: await appendTo(client, access, [audited(value)]) };
    });
  }
}

const values = (details: PatientDetails) => [
  details.medicalRecordNumber,
  details.familyName,
  details.givenName,
  details.birthDate,
  details.sex,
  details.phone ?? null,
  details.email ?? null,
];

const audited = ({ id, version }: Patient) => ({ patientId: id, version, outcome: "allowed" }) as const;

function patientOf([row]: Row<Patient>[]): Patient {
  if (!row) throw new Error("the statement returned no patient");
  return withoutNulls<Patient>(row);
}

function refuseSecondNumber(error: unknown): never {
  if (error instanceof DatabaseError && error.constraint === "patients_medical_record_number_unique")
    throw new ConflictError("Another patient has this medical record number.");
  throw error;
}
