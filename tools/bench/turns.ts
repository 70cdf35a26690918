import { UserError } from "../cli";
import { load, type Load, type Requests } from "./load";
import type { Platform, RecordsServer } from "./platform";

/** Who is loaded with what. */
export interface Target {
  server: RecordsServer;
  port: number;
  requests: Requests[];
  /** Whether each of the requests must be in the audit log. */
  audited: boolean;
}

export interface Turn extends Load {
  /** Statements that the database ran. */
  statements: number;
  /** Microseconds of CPU that the server took. */
  cpu: number;
}

/** Loads the targets by turns, so that whatever else the machine does meets all alike. */
export async function takeTurns<Name extends string>(
  platform: Platform,
  targets: Record<Name, Target>,
  { rounds, seconds }: { rounds: number; seconds: number },
): Promise<Record<Name, Turn[]>> {
  const entries = Object.entries<Target>(targets).map(([name, target]) => ({ name, target, turns: [] as Turn[] }));
  for (let round = 1; round <= rounds; round++)
    for (const { target, turns } of entries) turns.push(await takeTurn(platform, target, seconds));
  return Object.fromEntries(entries.map(({ name, turns }) => [name, turns])) as Record<Name, Turn[]>;
}

async function takeTurn(platform: Platform, { server, port, requests, audited }: Target, seconds: number) {
  const look = async () => ({
    statements: await platform.statements.count(),
    lines: await platform.auditLines(),
    cpu: (await server.program.ask()).cpu,
  });
  const before = await look();
  const measured = await load(port, requests, seconds);
  const after = await look();
  if (audited && after.lines - before.lines < measured.answered)
    throw new UserError("Requests were answered that are not in the audit log.");
  return { ...measured, statements: after.statements - before.statements, cpu: after.cpu - before.cpu };
}
