/** `npm run bench`: measures what a developer waits for, by ratios that hold on other machines too. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { startLocalAws, stopLocalAws } from "./aws-server";
import { componentTests } from "./bench/component-tests";
import { type Figure, isMet, table } from "./bench/figures";
import { previews } from "./bench/previews";
import { runCommand, UserError } from "./cli";
import { localFolder } from "./paths";
import { withProgress } from "./progress";
import { findPulumi } from "./pulumi-cli";
import { tieFolder } from "./servers/lifetime";

const command = new Command("npm run bench --")
  .description("Measures previews and the unit tests of components, and fails where a limit is missed.")
  .option("--rounds <number>", "how often each is measured; the middle one counts", readRounds, 5)
  .parse();

runCommand(async () => {
  const { rounds } = command.opts<{ rounds: number }>();
  const figures = [
    ...(await withProgress("Previews of the program and of empty ones, by turns", () => measurePreviews(rounds))),
    ...(await withProgress("Unit tests of components", () => componentTests(rounds))),
  ];
  console.log(`\n${table(figures)}`);
  const missed = figures.filter((figure) => !isMet(figure)).map(({ name }) => name);
  if (missed.length > 0) throw new UserError(`Missed: ${missed.join("; ")}.`);
});

async function measurePreviews(rounds: number): Promise<Figure[]> {
  const cli = await findPulumi();
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  tieFolder(folder);
  const aws = localFolder(join(folder, "aws"));
  try {
    return await previews(cli, await startLocalAws(aws), folder, rounds);
  } finally {
    await stopLocalAws(aws);
  }
}

function readRounds(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError("Rounds are 1 to 99.");
  return Number(text);
}
