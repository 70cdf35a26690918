import type { Database } from "../postgres";
import { parseAuditLine } from "./audit-lines";
import type { LogReader } from "./log-reader";
import type { Log } from "../log";
import { type Link, type Verification, verifyChain } from "./verify-chain";

const minute = 60_000;

/** Milliseconds into the past that anchors are looked for: more than from one daily verification to the next. */
const anchorAge = 25 * 60 * minute;

/** Events with a member that only lines of entries have. */
const pattern = "{ $.sequence = * }";

/**
 * Computes the audit trail's chain anew, and compares it with the audit log: whoever can write to the database could
 * make another chain, but not change the lines that told the hashes of the true one (45 CFR 164.312(c)(1)). All of the
 * last day's are compared, as those that the service has told since then fit the other chain. No anchors means that
 * nothing was written through the service for a day, and that nothing outside the database vouches for the chain.
 *
 * A chain that is broken is an incident: it is told in the answer and as an error in the function's log.
 */
export async function verifyAudit(database: Database, auditLog: LogReader, log: Log): Promise<Verification> {
  const verification = await verifyChain(database, await recentAnchors(auditLog));
  if (verification.intact) log.info("audit trail intact", { ...verification });
  else log.error("audit trail broken", { ...verification });
  return verification;
}

/** Of the last day but the last minute, in which a writer may have told of an entry that others do not see yet. */
async function recentAnchors(auditLog: LogReader): Promise<Link[]> {
  const now = Date.now();
  const anchors: Link[] = [];
  for await (const page of auditLog.pages({ from: now - anchorAge, to: now - minute, pattern }))
    anchors.push(...page.flatMap(({ message }) => anchorOf(message)));
  return anchors;
}

function anchorOf(message: string): Link[] {
  const line = parseAuditLine(message);
  return line?.sequence === undefined || line.hash === undefined ? [] : [{ sequence: line.sequence, hash: line.hash }];
}
