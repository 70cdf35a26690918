import type { Database } from "../postgres";
import { type ChainedEntry, entryHash, firstPreviousHash } from "../audit-chain";

/** A place of the chain: an entry's sequence, and its hash in hexadecimal. */
export interface Link {
  sequence: string;
  hash: string;
}

export interface Verification {
  intact: boolean;
  /** Entries that were looked at. */
  entries: number;
  /** The last entry's; null where there is none. */
  head: Link | null;
  /** The first entry that is not as it was written. */
  firstBroken?: { sequence: string; reason: "missing" | "altered" | "inserted" };
}

type StoredEntry = ChainedEntry & { previousHash: string; hash: string };

/** Entries that are read at once. */
const batch = 2000;

/** Less than any sequence: somebody may have inserted entries before the first. */
const beforeAll = String(-(2n ** 63n));

const selectHead = "SELECT sequence::text, encode(hash, 'hex') AS hash FROM records.audit_head";

const selectBatch = `
  SELECT sequence::text, id, to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "occurredAt",
    user_id AS "userId", action, patient_id AS "patientId", record_id AS "recordId", version, outcome,
    request_id AS "requestId", source_address AS "sourceAddress", encode(previous_hash, 'hex') AS "previousHash",
    encode(hash, 'hex') AS hash
  FROM records.audit_entries WHERE audit_entries.sequence > $1 ORDER BY audit_entries.sequence LIMIT ${batch}`;

/**
 * Computes the whole chain anew (45 CFR 164.312(c)(2)), over one state of the database. What the chain itself cannot show
 * is a tail that was cut off together with the head: for that, an anchor from elsewhere, such as a line of the audit log, must
 * still be in it.
 */
export async function verifyChain(database: Database, anchor?: Link): Promise<Verification> {
  return database.transaction(async (client) => {
    await client.query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    const { rows: heads } = await client.query<Link>(selectHead);
    let last: Link = { sequence: "0", hash: firstPreviousHash };
    let readUpTo = beforeAll;
    let entries = 0;
    const result = (firstBroken?: Verification["firstBroken"]): Verification => ({
      intact: firstBroken === undefined,
      entries,
      head: entries === 0 ? null : last,
      ...(firstBroken && { firstBroken }),
    });

    for (;;) {
      const { rows } = await client.query<StoredEntry>(selectBatch, [readUpTo]);
      for (const entry of rows) {
        const expected = String(BigInt(last.sequence) + 1n);
        if (BigInt(entry.sequence) < BigInt(expected)) return result({ sequence: entry.sequence, reason: "inserted" });
        if (entry.sequence !== expected) return result({ sequence: expected, reason: "missing" });
        if (BigInt(entry.sequence) > BigInt(heads[0]?.sequence ?? "0"))
          return result({ sequence: expected, reason: "inserted" });
        if (entry.previousHash !== last.hash || entry.hash !== entryHash(last.hash, entry))
          return result({ sequence: expected, reason: "altered" });
        if (anchor?.sequence === entry.sequence && anchor.hash !== entry.hash)
          return result({ sequence: expected, reason: "altered" });
        last = { sequence: entry.sequence, hash: entry.hash };
        readUpTo = entry.sequence;
        entries++;
      }
      if (rows.length < batch) break;
    }

    const ends = [heads[0]?.sequence ?? "0", anchor?.sequence ?? "0"].map(BigInt);
    if (ends.some((end) => end > BigInt(last.sequence)))
      return result({ sequence: String(BigInt(last.sequence) + 1n), reason: "missing" });
    if (heads[0]?.hash !== last.hash) return result({ sequence: last.sequence, reason: "altered" });
    return result();
  });
}
