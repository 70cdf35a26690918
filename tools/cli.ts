import { inspect } from "node:util";
import { InvalidArgumentError, Option } from "commander";
import { validateSuffix } from "../lib/naming";

/** An error of the user's surroundings or input: its message says all, a stack trace would only hide it. */
export class UserError extends Error {}

/** `--suffix`, checked by the program's own rule. */
export function suffixOption(): Option {
  return new Option("--suffix <name>", "suffix of the environment").default("dev").argParser((value) => {
    const reason = validateSuffix(value);
    if (reason) throw new InvalidArgumentError(`A suffix ${reason}.`);
    return value;
  });
}

/** Runs a command; an error ends it with exit code 1. */
export function runCommand(command: () => Promise<void>): void {
  command().catch((error: unknown) => {
    // A text, as the console itself would color the trace, to which Node.js comes to no end with a line of Pulumi's (lib/stack-traces.ts).
    console.error(error instanceof UserError ? `\n${error.message}` : inspect(error));
    process.exitCode = 1;
  });
}
