import type { ClientBase } from "pg";
import type { Database } from "../../postgres";
import type { AccessContext } from "../access";
import { decodeCursor, type Page, type PageRequest, toPage } from "./pages";
import { momentColumn, type Row, withoutNulls } from "./rows";

/** What an access was to, and how it ended. */
export interface AuditEntry {
  patientId?: string;
  recordId?: string;
  version?: number;
  outcome: "allowed" | "refused";
}

/** An entry as it stands in the chain. */
export interface AuditReceipt extends AuditEntry {
  sequence: string;
  id: string;
  occurredAt: string;
  /** Hexadecimal. */
  hash: string;
}

/** One access to a patient's data, as the patient may learn of it. */
export interface Access {
  id: string;
  occurredAt: string;
  userId: string;
  action: string;
  patientId: string;
  recordId?: string;
  version?: number;
  outcome: "allowed" | "refused";
  requestId: string;
  sourceAddress: string;
}

export const appendAudit = `
  SELECT sequence::text, id, ${momentColumn("occurred_at")} AS "occurredAt", encode(hash, 'hex') AS hash,
    patient_id AS "patientId", record_id AS "recordId", version, outcome
  FROM records.append_audit($1) AS appended ORDER BY appended.sequence`;

export const selectAccesses = `
  SELECT sequence::text, id, ${momentColumn("occurred_at")} AS "occurredAt", coalesce(user_id, '') AS "userId", action,
    patient_id AS "patientId", record_id AS "recordId", version, outcome, request_id AS "requestId",
    source_address AS "sourceAddress"
  FROM records.audit_entries
  WHERE patient_id = $1 AND ($2::bigint IS NULL OR audit_entries.sequence < $2)
  ORDER BY audit_entries.sequence DESC LIMIT $3`;

/**
 * Appends within a transaction, as its last statement: the chain's head stays locked until the transaction ends.
 */
export async function appendTo(
  client: Pick<ClientBase, "query">,
  access: AccessContext,
  entries: AuditEntry[],
): Promise<AuditReceipt[]> {
  const parameter = JSON.stringify(entries.map((entry) => ({ ...access, ...entry })));
  const { rows } = await client.query<Row<AuditReceipt>>(appendAudit, [parameter]);
  return rows.map((row) => withoutNulls<AuditReceipt>(row));
}

/** Who accessed what (45 CFR 164.312(b)). */
export class AuditTrail {
  constructor(private readonly database: Database) {}

  /** Accesses to a patient's data, in the order in which they reached the trail, the latest first. */
  async list(patientId: string, page: PageRequest): Promise<Page<Access>> {
    const list = ["accesses", patientId];
    const [before = null] = page.cursor === undefined ? [] : decodeCursor(list, page.cursor, 1);
    const { rows } = await this.database.query<Row<Access> & { sequence: string }>(selectAccesses, [
      patientId,
      before,
      page.limit + 1,
    ]);
    return toPage(
      rows,
      page,
      list,
      ({ sequence }) => [sequence],
      ({ sequence, ...row }) => withoutNulls<Access>(row),
    );
  }
}
