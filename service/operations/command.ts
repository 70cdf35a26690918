import type { SessionsToEnd } from "./end-sessions";

const bareCommands = ["deliver-audit", "verify-audit"] as const;

/** What the function can be asked for. */
export type Command = { command: (typeof bareCommands)[number] } | ({ command: "end-sessions" } & SessionsToEnd);

/** An event that is no command. */
export class CommandError extends Error {
  override readonly name = "CommandError";

  constructor() {
    super(
      'the event is none of {"command":"deliver-audit"}, {"command":"verify-audit"}, ' +
        '{"command":"end-sessions","userId":"<subject>","operator":"<who answers for it>"}, each id of 1 to 128 visible characters',
    );
  }
}

/** @throws CommandError, without anything of the event */
export function parseCommand(event: unknown): Command {
  const { command, userId, operator, ...rest } = Object(event) as Record<string, unknown>;
  if (Object.keys(rest).length > 0) throw new CommandError();
  if (command === "end-sessions" && isId(userId) && isId(operator)) return { command, userId, operator };
  const bare = bareCommands.find((name) => name === command);
  if (bare !== undefined && userId === undefined && operator === undefined) return { command: bare };
  throw new CommandError();
}

const isId = (value: unknown): value is string => typeof value === "string" && /^[!-~]{1,128}$/.test(value);
