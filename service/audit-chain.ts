import { createHash } from "node:crypto";

/** An entry of the audit trail as its chain covers it. */
export interface ChainedEntry {
  /** Without gaps, from 1. */
  sequence: string;
  id: string;
  /** RFC 3339 in UTC, with milliseconds. */
  occurredAt: string;
  userId: string | null;
  action: string;
  patientId: string | null;
  recordId: string | null;
  version: number | null;
  outcome: string;
  requestId: string;
  sourceAddress: string;
}

/** What the first entry has as the hash before it. */
export const firstPreviousHash = "00".repeat(32);

/**
 * Hash of an entry: SHA-256 over the hash before it and the entry as a JSON array, in UTF-8. The database computes the
 * same in `records.append_audit`; this one trusts nothing there.
 *
 * @param previousHash hexadecimal
 */
export function entryHash(previousHash: string, entry: ChainedEntry): string {
  const members = [
    entry.sequence,
    entry.id,
    entry.occurredAt,
    entry.userId,
    entry.action,
    entry.patientId,
    entry.recordId,
    entry.version,
    entry.outcome,
    entry.requestId,
    entry.sourceAddress,
  ];
  // As PostgreSQL writes jsonb.
  const text = `[${members.map((member) => JSON.stringify(member)).join(", ")}]`;
  return createHash("sha256").update(Buffer.from(previousHash, "hex")).update(text).digest("hex");
}
