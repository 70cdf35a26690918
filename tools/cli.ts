import { inspect } from "node:util";
import { InvalidArgumentError, Option } from "commander";
import { validateSuffix } from "../lib/naming";
import { explanation } from "./explanation";

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

/**
 * Runs a command; an error ends it.
 * @param exitCodeOf what it ends with for an error; 1 unless given
 */
export function runCommand(command: () => Promise<void>, exitCodeOf: (error: unknown) => number = () => 1): void {
  command().catch((error: unknown) => {
    const message = error instanceof UserError ? error.message : explanation(error);
    // A text, as the console itself would color the trace, to which Node.js comes to no end with a line of Pulumi's (lib/stack-traces.ts).
    console.error(message === undefined ? inspect(error) : `\n${message}`);
    process.exitCode = exitCodeOf(error);
  });
}
