import { randomUUID } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  type CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  ResourceAlreadyExistsException,
} from "@aws-sdk/client-cloudwatch-logs";
import { UnavailableError } from "../unavailable-error";
import type { AccessContext } from "./access";

/** One line of the audit log: who did what to whose data, when, from where, and how it ended (45 CFR 164.312(b)). */
export interface AuditLine extends AccessContext {
  /** UUID; a line that is delivered twice tells of one access. */
  id: string;
  /** RFC 3339 in UTC, with milliseconds. */
  occurredAt: string;
  patientId?: string;
  recordId?: string;
  version?: number;
  outcome: "allowed" | "refused";
  /** Place in the chain of the database, of what is there already; the other lines are brought there later. */
  sequence?: string;
  /** Hash of that entry, hexadecimal: an anchor for the chain that is kept outside the database. */
  hash?: string;
}

/** The line of an access that takes place now. */
export const newLine = (
  access: AccessContext,
  entry: Pick<AuditLine, "patientId" | "recordId" | "version" | "outcome">,
): AuditLine => ({ id: randomUUID(), occurredAt: new Date().toISOString(), ...access, ...entry });

/** Keeps lines for good, or fails. */
export type DeliverLines = (lines: AuditLine[]) => Promise<void>;

/** Lines that one delivery takes: at most some 400 KB (CloudWatch Logs API reference, PutLogEvents: 1 MB). */
const maximumLines = 1000;

/** The audit log. Lines that come while others are being delivered go together with the next delivery. */
export class AuditLog {
  private waiting: { lines: AuditLine[]; settle: (error?: unknown) => void }[] = [];
  private isDelivering = false;

  constructor(private readonly deliver: DeliverLines) {}

  /**
   * Fulfils once the lines are kept.
   *
   * @throws UnavailableError where they may not be: then what they tell of must not happen
   */
  async write(lines: AuditLine[]): Promise<void> {
    await new Promise<void>((done, fail) => {
      this.waiting.push({
        lines,
        settle: (error) => {
          if (error === undefined) done();
          else fail(new UnavailableError("audit log", error));
        },
      });
      if (this.isDelivering) return;
      this.isDelivering = true;
      void this.deliverAll();
    });
  }

  private async deliverAll(): Promise<void> {
    while (this.waiting.length > 0) {
      // What is about to be written as well goes with it, such as all for which Redis answered at once.
      await nextTurn();
      const batch = this.nextBatch();
      const lines = batch.flatMap((entry) => entry.lines);
      const error = await this.deliver(lines).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      for (const { settle } of batch) settle(error);
    }
    this.isDelivering = false;
  }

  /** At least one, and never part of one. */
  private nextBatch() {
    let lines = 0;
    const count = this.waiting.findIndex((entry, index) => (lines += entry.lines.length) > maximumLines && index > 0);
    return this.waiting.splice(0, count === -1 ? this.waiting.length : count);
  }
}

/** Delivers to a log group of CloudWatch Logs, into a stream of this container's own. */
export function deliverToCloudWatch(client: CloudWatchLogsClient, logGroupName: string): DeliverLines {
  const logStreamName = `${new Date().toISOString().slice(0, 10).replaceAll("-", "/")}/${randomUUID()}`;
  let stream: Promise<unknown> | undefined;

  const create = () =>
    client.send(new CreateLogStreamCommand({ logGroupName, logStreamName })).catch((error: unknown) => {
      // An attempt whose answer was lost.
      if (!(error instanceof ResourceAlreadyExistsException)) throw error;
    });

  return async (lines) => {
    const logEvents = lines
      .map((line) => ({ timestamp: Date.parse(line.occurredAt), message: JSON.stringify(line) }))
      .sort((one, other) => one.timestamp - other.timestamp);
    try {
      await (stream ??= create());
      const { rejectedLogEventsInfo } = await client.send(
        new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }),
      );
      if (rejectedLogEventsInfo) throw new Error("the log group rejected lines for their time");
    } catch (error) {
      // Made again the next time: it may not be there, and does no harm where it is.
      stream = undefined;
      throw error;
    }
  };
}
