import type { SessionsToEnd } from "./end-sessions";

/** What the function can be asked for. */
export type Command =
  { command: "deliver-audit" } | { command: "verify-audit" } | ({ command: "end-sessions" } & SessionsToEnd);

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
  if ((command === "deliver-audit" || command === "verify-audit") && userId === undefined && operator === undefined)
    return { command };
  throw new CommandError();
}

const isId = (value: unknown): value is string => typeof value === "string" && /^[!-~]{1,128}$/.test(value);
