import { existsSync, readFileSync } from "node:fs";
import type { EngineEvent, OpType } from "@pulumi/pulumi/automation";

/** What an operation of the engine did, read from its event log. */
export interface Report {
  /** How many resources saw each operation, as the engine summed them up at the end; empty when it did not get there. */
  changes: Partial<Record<OpType, number>>;
  /** Each operation on a resource that was not left as it was, in order. */
  steps: Step[];
  /** What a refresh found changed or gone in the cloud, as `pulumi refresh --diff` shows it. */
  drift: Drift[];
  /** Warnings and errors, each with the resource that it is about. */
  problems: Problem[];
}

export interface Step {
  op: OpType;
  type: string;
  /** Logical name. */
  name: string;
  /** Identifier that the provider gave it; empty before it exists. */
  id: string;
  /** Top-level properties that made the engine act. */
  diffs: string[];
}

export interface Drift {
  op: OpType;
  type: string;
  /** Logical name. */
  name: string;
}

export interface Problem {
  severity: "warning" | "error";
  resource: string;
  message: string;
}

/** Reads the event log of the engine's last operation. */
export function readReport(file: string): Report {
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  // A killed engine leaves its last line unfinished.
  return summarize(lines.filter((line) => line.endsWith("}")).map((line) => JSON.parse(line) as EngineEvent));
}

/** Sums up the events of one operation. */
export function summarize(events: EngineEvent[]): Report {
  return {
    changes: events.findLast((event) => event.summaryEvent)?.summaryEvent?.resourceChanges ?? {},
    steps: events.flatMap(({ resourcePreEvent: event }) => {
      if (!event || event.metadata.op === "same" || isDefaultProvider(event.metadata.urn)) return [];
      const { op, urn, type, old, new: next, diffs } = event.metadata;
      return [{ op, type, name: logicalName(urn), id: (old ?? next)?.id ?? "", diffs: diffs ?? [] }];
    }),
    drift: driftOf(events),
    problems: events.flatMap(({ diagnosticEvent: event }) => {
      if (!event || (event.severity !== "warning" && event.severity !== "error")) return [];
      const resource = event.urn ? logicalName(event.urn) : "";
      return [{ severity: event.severity, resource, message: withoutColor(event.message) }];
    }),
  };
}

/** A resource that was to be refreshed ends as it was, or as what happened to it. */
function driftOf(events: EngineEvent[]): Drift[] {
  const refreshed = new Set(
    events.flatMap(({ resourcePreEvent: event }) => (event?.metadata.op === "refresh" ? [event.metadata.urn] : [])),
  );
  return events.flatMap(({ resOutputsEvent: event }) => {
    if (!event || event.metadata.op === "same" || !refreshed.has(event.metadata.urn)) return [];
    const { op, type, urn } = event.metadata;
    return [{ op, type, name: logicalName(urn) }];
  });
}

/** True when the operation found everything as it should be. */
export function changedNothing({ changes }: Report): boolean {
  return changes.same !== undefined && Object.keys(changes).length === 1;
}

/** One line for each warning or error. */
export function describeProblems(problems: Problem[]): string {
  return problems.map(({ severity, resource, message }) => `  ${severity} ${resource}: ${message}`).join("\n");
}

/** The last part of a URN. */
export function logicalName(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** Providers that the engine makes for itself are no resources of the program; its own display leaves them out, too. */
function isDefaultProvider(urn: string): boolean {
  return /::pulumi:providers:[^:]+::default(_\d+)*$/.test(urn);
}

/** Removes the engine's color tags, such as `<{%reset%}>`. */
function withoutColor(message: string): string {
  return message.replace(/<\{%.*?%\}>/g, "").trim();
}
