import { createInterface } from "node:readline/promises";
import { UserError } from "./cli";

/** A terminal, or what stands for one. */
interface Terminal {
  input: NodeJS.ReadableStream & { isTTY?: boolean };
  output: NodeJS.WritableStream;
}

/**
 * Asks a person to type a word before something happens that cannot be undone.
 * @throws UserError unless exactly that word is typed, and where there is nobody to type it.
 */
export async function confirm(
  question: string,
  word: string,
  { input, output }: Terminal = { input: process.stdin, output: process.stdout },
): Promise<void> {
  if (!input.isTTY) throw new UserError("Nothing was done: that is confirmed in a terminal, or by --yes.");
  const terminal = createInterface({ input, output });
  const answer = await terminal.question(`${question} `);
  terminal.close();
  if (answer !== word) throw new UserError(`Nothing was done: "${answer}" is not "${word}".`);
}
