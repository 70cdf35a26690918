import type { AuditLine } from "../records/audit-log";
import { isStorable } from "../storable-text";
import { isUuid } from "../uuid";

/** A line as it was read: what it calls an action need not be an operation any longer. */
export type ReadLine = Omit<AuditLine, "action"> & { action: string };

/**
 * The line that a message of the audit log holds; null where it holds none, or one that cannot become an entry of the
 * audit trail. What passes here, PostgreSQL takes: one line that it refused would hold up all that follow.
 */
export function parseAuditLine(message: string): ReadLine | null {
  const members = parseObject(message);
  const names = Object.keys(checks) as (keyof AuditLine)[];
  if (!names.every((name) => checks[name](members[name]))) return null;
  if ((members.sequence === undefined) !== (members.hash === undefined)) return null;
  return Object.fromEntries(names.map((name) => [name, members[name]])) as unknown as ReadLine;
}

function parseObject(message: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(message)) as Record<string, unknown>;
  } catch {
    return {};
  }
}

type Check = (value: unknown) => boolean;

const matching =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === "string" && pattern.test(value);

const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

const isText: Check = (value) => typeof value === "string" && isStorable(value);

const isId: Check = (value) => typeof value === "string" && isUuid(value);

/** In the form of `Date.toISOString`, from the year 1. */
const isMoment: Check = (value) =>
  typeof value === "string" &&
  /^(?!0000)\d{4}-/.test(value) &&
  !Number.isNaN(Date.parse(value)) &&
  new Date(value).toISOString() === value;

const isVersion: Check = (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) < 2 ** 31;

const checks: Record<keyof AuditLine, Check> = {
  id: isId,
  occurredAt: isMoment,
  userId: (value) => value === null || isText(value),
  action: isText,
  patientId: optional(isId),
  recordId: optional(isId),
  version: optional(isVersion),
  outcome: matching(/^(allowed|refused)$/),
  requestId: isText,
  sourceAddress: isText,
  sequence: optional(matching(/^[1-9][0-9]{0,18}$/)),
  hash: optional(matching(/^[0-9a-f]{64}$/)),
};
