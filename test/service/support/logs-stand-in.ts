import { AwsError } from "./aws-error";

export interface LogEvent {
  timestamp: number;
  message: string;
}

interface StoredEvent extends LogEvent {
  eventId: string;
  logStreamName: string;
  ingestionTime: number;
  isVisible: boolean;
}

interface LogsInput {
  logGroupName: string;
  logStreamName: string;
  logEvents: LogEvent[];
  startTime?: number;
  endTime?: number;
  filterPattern?: string;
  nextToken?: string;
}

/** The calls of CloudWatch Logs that the functions make, with what AWS documents of their order, ranges and pages. */
export class LogsStandIn {
  private readonly groups = new Map<string, { streams: Set<string>; events: StoredEvent[] }>();
  /** Events of a page, at most; AWS may give fewer, down to none. */
  pageSize = 10_000;
  /** Whether what is put from now on is found. */
  isVisible = true;
  /** Whether events are refused for their time, as AWS says in an answer without an error. */
  rejects = false;

  /** Makes the group where there is none, and takes its events away. */
  emptyGroup(name: string): void {
    this.groups.set(name, { streams: this.groups.get(name)?.streams ?? new Set(), events: [] });
  }

  /** As if somebody deleted all streams, and what was in them. */
  deleteStreams(name: string): void {
    this.groups.set(name, { streams: new Set(), events: [] });
  }

  /** Makes everything be found that was not yet. */
  reveal(): void {
    this.isVisible = true;
    for (const { events } of this.groups.values()) for (const event of events) event.isVisible = true;
  }

  /** As whoever may write to the group; gives the events' ids. */
  put(groupName: string, events: LogEvent[], logStreamName = "stream"): string[] {
    const group = this.group(groupName);
    const stored = events.map(({ timestamp, message }, index) => ({
      timestamp,
      message,
      logStreamName,
      eventId: String(group.events.length + index).padStart(56, "0"),
      ingestionTime: Date.now(),
      isVisible: this.isVisible,
    }));
    group.events.push(...stored);
    return stored.map(({ eventId }) => eventId);
  }

  messages(groupName: string): string[] {
    return this.group(groupName).events.map(({ message }) => message);
  }

  call(operation: string, input: LogsInput): object {
    switch (operation) {
      case "CreateLogStream": {
        const { streams } = this.group(input.logGroupName);
        if (streams.has(input.logStreamName)) throw new AwsError("ResourceAlreadyExistsException", "the stream exists");
        streams.add(input.logStreamName);
        return {};
      }
      case "PutLogEvents":
        return this.putLogEvents(input);
      case "FilterLogEvents":
        return this.filterLogEvents(input);
      default:
        throw new AwsError("InvalidAction", operation);
    }
  }

  private putLogEvents({ logGroupName, logStreamName, logEvents }: LogsInput): object {
    if (!this.group(logGroupName).streams.has(logStreamName))
      throw new AwsError("ResourceNotFoundException", `no stream ${logStreamName}`);
    if (logEvents.some(({ timestamp }, index) => timestamp < (logEvents[index - 1]?.timestamp ?? 0)))
      throw new AwsError("InvalidParameterException", "the events are not in order of time");
    if (this.rejects) return { rejectedLogEventsInfo: { tooOldLogEventEndIndex: logEvents.length } };
    this.put(logGroupName, logEvents, logStreamName);
    return {};
  }

  /** The first page is empty, which AWS says that any may be. */
  private filterLogEvents({ nextToken, ...query }: LogsInput): object {
    const { startTime = 0, endTime = Infinity, filterPattern } = query;
    if (startTime < 0 || startTime > endTime) throw new AwsError("InvalidParameterException", "no such range");
    const found = this.group(query.logGroupName)
      .events.filter(({ isVisible, timestamp }) => isVisible && timestamp >= startTime && timestamp <= endTime)
      .filter(({ message }) => matches(message, filterPattern))
      .sort((one, other) => one.timestamp - other.timestamp || one.eventId.localeCompare(other.eventId));
    const token = (after: string) => JSON.stringify({ query, after });
    if (nextToken === undefined) return { events: [], searchedLogStreams: [], nextToken: token("") };
    const { after } = JSON.parse(nextToken) as { after: string };
    if (nextToken !== token(after)) throw new AwsError("InvalidParameterException", "the token is of another query");

    const start = found.findIndex(({ eventId }) => eventId === after) + 1;
    const page = found.slice(start, start + this.pageSize);
    const isLast = start + page.length >= found.length;
    return {
      events: page.map(({ isVisible, ...event }) => event),
      searchedLogStreams: [],
      ...(isLast ? {} : { nextToken: token(page.at(-1)?.eventId ?? "") }),
    };
  }

  private group(name: string) {
    const group = this.groups.get(name);
    if (!group) throw new AwsError("ResourceNotFoundException", `no log group ${name}`);
    return group;
  }
}

/** CloudWatch Logs user guide, "Filter pattern syntax", of which it knows: JSON with a member that has any value. */
function matches(message: string, pattern: string | undefined): boolean {
  if (pattern === undefined) return true;
  const member = /^\{ \$\.(\w+) = \* \}$/.exec(pattern)?.[1];
  if (member === undefined) throw new AwsError("InvalidParameterException", `unknown pattern ${pattern}`);
  try {
    return (Object(JSON.parse(message)) as Record<string, unknown>)[member] !== undefined;
  } catch {
    return false;
  }
}
