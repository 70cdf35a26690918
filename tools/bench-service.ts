/** `npm run bench:service`: measures the records service on this machine, by ratios and sizes that hold on others too. */
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { bundleSize } from "./bench/bundle-size";
import { Clients } from "./bench/clients";
import { coldStart } from "./bench/cold-start";
import { asData, type Figure, isMet, table } from "./bench/figures";
import { Platform } from "./bench/platform";
import { reads } from "./bench/reads";
import { sessions } from "./bench/sessions";
import { runCommand, UserError } from "./cli";
import { withProgress } from "./progress";
import { tieFolder } from "./servers/lifetime";

const command = new Command("npm run bench:service --")
  .description("Measures the records service with data stores of its own, and fails where a limit is missed.")
  .option("--seconds <number>", "length of each phase; there are some twenty", readSeconds, 3)
  .option("--json <file>", "where to write the figures as data, too")
  .parse();

runCommand(async () => {
  const { seconds, json } = command.opts<{ seconds: number; json?: string }>();
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  tieFolder(folder);
  // PostgreSQL's own user must get at its folder in it.
  chmodSync(folder, 0o711);
  const platform = await withProgress("Starting PostgreSQL, Redis and a stand-in for AWS", () =>
    Platform.start(folder),
  );
  try {
    const figures = await measure(platform, seconds);
    console.log(`\n${table(figures)}`);
    if (json !== undefined) writeFileSync(json, `${JSON.stringify(asData(figures), undefined, 2)}\n`);
    const missed = figures.filter((figure) => !isMet(figure)).map(({ name }) => name);
    if (missed.length > 0) throw new UserError(`Missed: ${missed.join("; ")}.`);
  } finally {
    await platform.stop();
  }
});

async function measure(platform: Platform, seconds: number): Promise<Figure[]> {
  const { issuer } = platform;
  const starts = await withProgress("Cold starts of the records function and of an empty one, by turns", () =>
    coldStart(platform),
  );
  const [cacheOn, cacheOff] = await Promise.all([
    platform.serveRecords("cache-on"),
    platform.serveRecords("cache-off", { CACHE_SECONDS: "0" }),
  ]);
  const { records } = cacheOn.ports;
  const clients = await withProgress("Signing in", () => Clients.signIn(issuer, records));
  const read = await withProgress("Reads with the cache on, with it off, and of an empty route, by turns", () =>
    reads({ platform, cacheOn, cacheOff, clients, seconds }),
  );
  const used = await withProgress("Sessions", () => sessions(records, clients, issuer, seconds));
  const { memory } = await cacheOn.program.ask();
  const resident = { name: "resident memory at most", measured: memory / 2 ** 20, unit: "MiB", limit: { under: 256 } };
  return [bundleSize(), ...starts, ...read, ...used, resident];
}

function readSeconds(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError("Seconds are 1 to 99.");
  return Number(text);
}
