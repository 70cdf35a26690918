import { type CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";

export interface LogEvent {
  /** Given by CloudWatch Logs. */
  id: string;
  /** Milliseconds since 1970. */
  timestamp: number;
  message: string;
}

export interface LogRange {
  /** Milliseconds since 1970; both ends are included. */
  from: number;
  to: number;
  /** CloudWatch Logs user guide, "Filter pattern syntax". */
  pattern?: string;
}

/** A log group of CloudWatch Logs. */
export class LogReader {
  constructor(
    private readonly client: CloudWatchLogsClient,
    private readonly logGroupName: string,
  ) {}

  /**
   * Events in order of their timestamps, a page of up to 10,000 at a time; any page may be empty (CloudWatch Logs API
   * reference, FilterLogEvents). One that was put a moment ago may not be there yet.
   */
  async *pages({ from, to, pattern }: LogRange): AsyncGenerator<LogEvent[]> {
    const pages = paginateFilterLogEvents(
      { client: this.client },
      { logGroupName: this.logGroupName, startTime: from, endTime: to, filterPattern: pattern },
    );
    for await (const { events = [] } of pages)
      yield events.map(({ eventId = "", timestamp = 0, message = "" }) => ({ id: eventId, timestamp, message }));
  }
}
