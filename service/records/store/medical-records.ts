import { randomUUID } from "node:crypto";
import type { Database } from "../../postgres";
import { appendTo } from "./audit-trail";
import { NotFoundError, VersionMismatchError } from "./errors";
import { createOnce } from "./idempotency";
import { decodeCursor, type Page, type PageRequest, toPage } from "./pages";
import type { WriteContext, Written } from "./patients";
import { momentColumn, type Row, withoutNulls } from "./rows";

export interface RecordDetails {
  kind: "allergy" | "consultation" | "diagnosis" | "immunization" | "observation" | "prescription" | "procedure";
  title: string;
  text: string;
  /** RFC 3339; kept in milliseconds. */
  occurredAt: string;
}

export interface RecordAmendment extends RecordDetails {
  amendmentReason: string;
}

/** One version of a record. */
export interface MedicalRecord extends RecordDetails {
  id: string;
  patientId: string;
  version: number;
  /** Absent from version 1. */
  amendmentReason?: string;
  recordedBy: string;
  recordedAt: string;
}

const columns = `records.id, records.patient_id AS "patientId", versions.version, versions.kind, versions.title,
  versions.text, ${momentColumn("versions.occurred_at")} AS "occurredAt",
  versions.amendment_reason AS "amendmentReason", versions.recorded_by AS "recordedBy",
  ${momentColumn("versions.recorded_at")} AS "recordedAt"`;

const joined = "records.medical_records AS records JOIN records.medical_record_versions AS versions";

export const selectRecord = `SELECT ${columns} FROM ${joined} ON versions.record_id = records.id
  WHERE records.id = $1 AND records.patient_id = $2 AND versions.version = coalesce($3::integer, records.version)`;

export const selectRecords = `SELECT ${columns} FROM ${joined}
  ON versions.record_id = records.id AND versions.version = records.version
  WHERE records.patient_id = $1 AND ($2::timestamptz IS NULL OR (records.occurred_at, records.id) < ($2, $3::uuid))
  ORDER BY records.occurred_at DESC, records.id DESC LIMIT $4`;

const patientExists = "SELECT FROM records.patients WHERE id = $1";

const insertRecord = `
  INSERT INTO records.medical_records (id, patient_id, version, occurred_at)
  SELECT $1, id, 1, $3 FROM records.patients WHERE id = $2 RETURNING id`;

const lockRecord = "SELECT version FROM records.medical_records WHERE id = $1 AND patient_id = $2 FOR UPDATE";

const insertVersion = `
  INSERT INTO records.medical_record_versions (record_id, version, kind, title, text, occurred_at, amendment_reason,
    recorded_by, recorded_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, date_trunc('milliseconds', now()))`;

const moveToVersion = "UPDATE records.medical_records SET version = $2, occurred_at = $3 WHERE id = $1";

/** The records of patients. Nothing is ever overwritten: a change is a new version, written with its audit entry or not at all. */
export class MedicalRecords {
  constructor(private readonly database: Database) {}

  /** @param version the latest unless given */
  async find(patientId: string, recordId: string, version?: number): Promise<MedicalRecord | null> {
    const { rows } = await this.database.query<Row<MedicalRecord>>(selectRecord, [
      recordId,
      patientId,
      version ?? null,
    ]);
    return rows[0] ? withoutNulls<MedicalRecord>(rows[0]) : null;
  }

  /** The latest version of each, the most recent event first; null where there is no such patient. */
  async list(patientId: string, page: PageRequest): Promise<Page<MedicalRecord> | null> {
    const list = ["records", patientId];
    const [beforeMoment = null, beforeId = null] = page.cursor === undefined ? [] : decodeCursor(list, page.cursor, 2);
    const { rows } = await this.database.query<Row<MedicalRecord>>(selectRecords, [
      patientId,
      beforeMoment,
      beforeId,
      page.limit + 1,
    ]);
    if (rows.length === 0 && (await this.database.query(patientExists, [patientId])).rowCount === 0) return null;
    return toPage(
      rows,
      page,
      list,
      ({ occurredAt, id }) => [occurredAt, id],
      (row) => withoutNulls<MedicalRecord>(row),
    );
  }

  /** @throws NotFoundError where there is no such patient, ConflictError where the key is still at work */
  create(
    access: WriteContext,
    patientId: string,
    key: string,
    details: RecordDetails,
  ): Promise<Written<MedicalRecord>> {
    const content = [patientId, details];
    const request = { userId: access.userId, operation: "createRecord", key, content } as const;
    return this.database.transaction(async (client) => {
      const { value } = await createOnce(client, request, async () => {
        const recordId = randomUUID();
        const occurredAt = toMilliseconds(details.occurredAt);
        const { rowCount } = await client.query(insertRecord, [recordId, patientId, occurredAt]);
        if (rowCount === 0) throw new NotFoundError("There is no such patient.");
        await client.query(insertVersion, [recordId, 1, ...values(details, access)]);
        return recordOf((await client.query<Row<MedicalRecord>>(selectRecord, [recordId, patientId, 1])).rows);
      });
      return { value, receipts: await appendTo(client, access, [audited(value)]) };
    });
  }

  /**
   * Adds a version.
   *
   * @param beforeChange runs once nobody else can amend the record any more, within the transaction
   * @throws NotFoundError, VersionMismatchError
   */
  amend(
    access: WriteContext,
    patientId: string,
    recordId: string,
    ifVersion: number,
    amendment: RecordAmendment,
    beforeChange: () => Promise<void>,
  ): Promise<Written<MedicalRecord>> {
    return this.database.transaction(async (client) => {
      const { rows: locked } = await client.query<{ version: number }>(lockRecord, [recordId, patientId]);
      if (!locked[0]) throw new NotFoundError("There is no such record.");
      if (locked[0].version !== ifVersion) throw new VersionMismatchError("The record was amended in the meantime.");
      await beforeChange();
      const version = ifVersion + 1;
      await client.query(insertVersion, [recordId, version, ...values(amendment, access)]);
      await client.query(moveToVersion, [recordId, version, toMilliseconds(amendment.occurredAt)]);
      const { rows } = await client.query<Row<MedicalRecord>>(selectRecord, [recordId, patientId, version]);
      const value = recordOf(rows);
      return { value, receipts: await appendTo(client, access, [audited(value)]) };
    });
  }
}

const values = (details: RecordDetails & { amendmentReason?: string }, { userId }: WriteContext) => [
  details.kind,
  details.title,
  details.text,
  toMilliseconds(details.occurredAt),
  details.amendmentReason ?? null,
  userId,
];

const toMilliseconds = (moment: string) => new Date(moment).toISOString();

const audited = ({ id, patientId, version }: MedicalRecord) =>
  ({ patientId, recordId: id, version, outcome: "allowed" }) as const;

function recordOf([row]: Row<MedicalRecord>[]): MedicalRecord {
  if (!row) throw new Error("the statement returned no record");
  return withoutNulls<MedicalRecord>(row);
}
