import type { PoolClient } from "pg";
import type { Database } from "../postgres";
import { momentColumn } from "../records/store/rows";
import { parseAuditLine, type ReadLine } from "./audit-lines";
import type { LogEvent, LogReader } from "./log-reader";
import type { Log } from "../log";
import { selectHead } from "./verify-chain";

export interface Delivery {
  /** Lines that became entries of the audit trail. */
  appended: number;
  /** Lines that cannot, and were not known as such before. */
  malformed: number;
  /** Moment up to which the audit log has been read; RFC 3339. */
  upTo: string;
}

/**
 * Milliseconds before the moment reached that are read again, as an event may be found only some time after it was put.
 */
const overlap = 10 * 60_000;

/** Events that one transaction covers. It locks the chain's head, which every write waits for. */
const batchSize = 500;

export const selectKnown = "SELECT id FROM records.audit_entries WHERE id = ANY($1::uuid[])";

const append = "SELECT count(*)::integer AS appended FROM records.append_audit($1)";

const keepMalformed = `
  INSERT INTO records.audit_malformed_lines (event_id, logged_at) SELECT * FROM unnest($1::text[], $2::timestamptz[])
  ON CONFLICT DO NOTHING RETURNING event_id AS "eventId"`;

const selectUpTo = `SELECT ${momentColumn("up_to")} AS "upTo" FROM records.audit_delivery`;

const advance = `UPDATE records.audit_delivery SET up_to = greatest(up_to, $1) RETURNING ${momentColumn("up_to")} AS "upTo"`;

/**
 * Brings the accesses that stand in the audit log alone, those without `sequence`, into the audit trail of the database
 * (45 CFR 164.312(b)), in the order of the log. Each batch takes effect together with the moment that it reaches, so
 * that whatever ends a delivery, the next one goes on from there; a line that is met again is known by its `id`, also
 * where two deliveries run at once. An event that CloudWatch Logs shows for the first time more than ten minutes after
 * it was put, once that time has been read, is not delivered; it stays in the audit log.
 *
 * A line that cannot become an entry is reported once, by its event id: an operator finds it in the audit log. At the
 * end, the head of the chain goes to the function's own log: an anchor that nobody who can write to the database can
 * change.
 */
export class AuditDelivery {
  constructor(
    private readonly database: Database,
    private readonly auditLog: LogReader,
    private readonly log: Log,
    /** Told at the beginning of each run how many seconds of the audit log have not been read yet. */
    private readonly measureDelay: (seconds: number) => void,
  ) {}

  /**
   * @param deadline moment after which no other page is read, in milliseconds of `Date.now()`, unless the run would
   * otherwise get no further than the one before
   */
  async run(deadline: number): Promise<Delivery> {
    const now = Date.now();
    const { upTo } = await this.one<{ upTo: string }>(selectUpTo);
    this.measureDelay((now - Date.parse(upTo)) / 1000);
    const delivery: Delivery = { appended: 0, malformed: 0, upTo };
    const range = { from: Date.parse(upTo) - overlap, to: now };
    const isComplete = await this.deliverAll(range, delivery, deadline);
    if (isComplete) await this.deliver([], now, delivery);
    this.log.info("chain head", await this.one(selectHead));
    return delivery;
  }

  private async deliverAll(
    range: { from: number; to: number },
    delivery: Delivery,
    deadline: number,
  ): Promise<boolean> {
    const begun = Date.parse(delivery.upTo);
    for await (const page of this.auditLog.pages(range)) {
      for (let start = 0; start < page.length; start += batchSize) {
        const batch = page.slice(start, start + batchSize);
        await this.deliver(batch, batch.at(-1)?.timestamp ?? range.from, delivery);
      }
      // Sooner, the next run would stop at the same place.
      if (Date.now() >= deadline && Date.parse(delivery.upTo) > begun) return false;
    }
    return true;
  }

  /** @param reached moment up to which everything before and in this batch has been read */
  private async deliver(batch: LogEvent[], reached: number, delivery: Delivery): Promise<void> {
    const { lines, malformed } = parse(batch);
    const unknown = await this.withoutKnown(lines);
    // Most of what is read again.
    if (unknown.length === 0 && malformed.length === 0 && reached <= Date.parse(delivery.upTo)) return;
    const done = await this.database.transaction(async (client) => ({
      malformed: await this.reportMalformed(client, malformed),
      appended: await appendLines(client, unknown),
      upTo: await advanceTo(client, reached),
    }));
    delivery.malformed += done.malformed;
    delivery.appended += done.appended;
    delivery.upTo = done.upTo;
  }

  /** Asked before the head is locked. */
  private async withoutKnown(lines: ReadLine[]): Promise<ReadLine[]> {
    if (lines.length === 0) return [];
    const { rows } = await this.database.query<{ id: string }>(selectKnown, [lines.map(({ id }) => id)]);
    const known = new Set(rows.map(({ id }) => id));
    return lines.filter(({ id }) => !known.has(id));
  }

  private async reportMalformed(client: PoolClient, events: LogEvent[]): Promise<number> {
    if (events.length === 0) return 0;
    const { rows } = await client.query<{ eventId: string }>(keepMalformed, [
      events.map(({ id }) => id),
      events.map(({ timestamp }) => new Date(timestamp).toISOString()),
    ]);
    // Before the commit: rather twice than never.
    if (rows.length > 0) this.log.error("malformed audit lines", { eventIds: rows.map(({ eventId }) => eventId) });
    return rows.length;
  }

  private async one<Row extends object>(statement: string): Promise<Row> {
    const { rows } = await this.database.query<Row>(statement);
    return single(rows);
  }
}

function parse(events: LogEvent[]): { lines: ReadLine[]; malformed: LogEvent[] } {
  const parsed = events.map((event) => ({ event, line: parseAuditLine(event.message) }));
  return {
    lines: parsed.flatMap(({ line }) => (line === null || line.sequence !== undefined ? [] : [line])),
    malformed: parsed.flatMap(({ event, line }) => (line === null ? [event] : [])),
  };
}

async function appendLines(client: PoolClient, lines: ReadLine[]): Promise<number> {
  if (lines.length === 0) return 0;
  const { rows } = await client.query<{ appended: number }>(append, [JSON.stringify(lines)]);
  return single(rows).appended;
}

async function advanceTo(client: PoolClient, reached: number): Promise<string> {
  const { rows } = await client.query<{ upTo: string }>(advance, [new Date(reached).toISOString()]);
  return single(rows).upTo;
}

function single<Row>([row]: Row[]): Row {
  if (row === undefined) throw new Error("the statement returned no row");
  return row;
}
