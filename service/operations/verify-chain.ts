import type { Database } from "../postgres";
import { momentColumn } from "../records/store/rows";
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
  /** Anchors whose place in the chain was reached. */
  anchors: number;
  /** The first entry that is not as it was written. */
  firstBroken?: { sequence: string; reason: "missing" | "altered" | "inserted" };
}

export type StoredEntry = ChainedEntry & { previousHash: string; hash: string };

/** Entries that are read at once. */
const batch = 2000;

/** Less than any sequence: somebody may have inserted entries before the first. */
const beforeAll = String(-(2n ** 63n));

export const selectHead = "SELECT sequence::text, encode(hash, 'hex') AS hash FROM records.audit_head";

export const selectBatch = `
  SELECT sequence::text, id, ${momentColumn("occurred_at")} AS "occurredAt",
    user_id AS "userId", action, patient_id AS "patientId", record_id AS "recordId", version, outcome,
    request_id AS "requestId", source_address AS "sourceAddress", encode(previous_hash, 'hex') AS "previousHash",
    encode(hash, 'hex') AS hash
  FROM records.audit_entries WHERE audit_entries.sequence > $1 ORDER BY audit_entries.sequence LIMIT ${batch}`;

/**
 * Computes the whole chain anew (45 CFR 164.312(c)(2)), over one state of the database. What the chain itself cannot
 * show is that all of it was written anew, or that its tail was cut off together with the head: for that, anchors from
 * elsewhere, such as lines of the audit log, must be in it. Each vouches for all entries up to its own.
 *
 * @param anchors of entries that were written before this state of the database, in any order
 */
export async function verifyChain(database: Database, anchors: Link[] = []): Promise<Verification> {
  const anchored = new Map<string, string[]>();
  for (const { sequence, hash } of anchors) anchored.set(sequence, [...(anchored.get(sequence) ?? []), hash]);

  return database.transaction(async (client) => {
    await client.query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    const { rows: heads } = await client.query<Link>(selectHead);
    const head = heads[0] ?? { sequence: "0", hash: firstPreviousHash };
    let last: Link = { sequence: "0", hash: firstPreviousHash };
    let readUpTo = beforeAll;
    const counts = { entries: 0, anchors: 0 };
    const result = (firstBroken?: Verification["firstBroken"]): Verification => ({
      intact: firstBroken === undefined,
      ...counts,
      head: counts.entries === 0 ? null : last,
      ...(firstBroken && { firstBroken }),
    });

    for (;;) {
      const { rows } = await client.query<StoredEntry>(selectBatch, [readUpTo]);
      for (const entry of rows) {
        const expected = String(BigInt(last.sequence) + 1n);
        if (BigInt(entry.sequence) < BigInt(expected)) return result({ sequence: entry.sequence, reason: "inserted" });
        if (entry.sequence !== expected) return result({ sequence: expected, reason: "missing" });
        if (BigInt(entry.sequence) > BigInt(head.sequence)) return result({ sequence: expected, reason: "inserted" });
        const hashes = anchored.get(expected) ?? [];
        counts.anchors += hashes.length;
        if (
          entry.previousHash !== last.hash ||
          [entryHash(last.hash, entry), ...hashes].some((hash) => hash !== entry.hash)
        )
          return result({ sequence: expected, reason: "altered" });
        last = { sequence: entry.sequence, hash: entry.hash };
        readUpTo = entry.sequence;
        counts.entries++;
      }
      if (rows.length < batch) break;
    }

    const ends = [head, ...anchors].map(({ sequence }) => BigInt(sequence));
    if (ends.some((end) => end > BigInt(last.sequence)))
      return result({ sequence: String(BigInt(last.sequence) + 1n), reason: "missing" });
    if (head.hash !== last.hash) return result({ sequence: last.sequence, reason: "altered" });
    return result();
  });
}
