/** `npm run serve`: the records API on this machine, with data stores of its own and sample patients. */
import { once } from "node:events";
import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { runCommand, UserError } from "./cli";
import { repository } from "./paths";
import { withProgress } from "./progress";
import { startDataStores } from "./serve/data-stores";
import { spawnTied, tieFolder } from "./servers/lifetime";

const command = new Command("npm run serve --")
  .description(
    "Serves the records API on loopback, with a PostgreSQL and a Redis that go with it, and sample patients.",
  )
  .option("--port <number>", "port; 0 for any that is free", readPort, 8080)
  .parse();

runCommand(async () => {
  const { port } = command.opts<{ port: number }>();
  const stopped = new Promise<void>((stop) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, stop);
  });
  // Not in `.local`: a socket's path has little room.
  const folder = mkdtempSync(join(tmpdir(), "serve-"));
  tieFolder(folder);
  // PostgreSQL's own user must get at its folder in it.
  chmodSync(folder, 0o711);
  const stores = await withProgress("Starting PostgreSQL and Redis", () => startDataStores(folder));
  try {
    const api = spawnTied(process.execPath, ["--import", "tsx", "tools/serve/api-server.ts"], {
      cwd: repository,
      stdio: ["ignore", "inherit", "inherit"],
      // Node.js takes further authorities at its start only; and the rest stays out of the list of processes this way.
      env: { ...process.env, ...stores.environment, PORT: String(port) },
    });
    const failed = once(api, "exit").then(() => {
      throw new UserError("The API ended. Its output is above.");
    });
    await Promise.race([stopped, failed]);
    failed.catch(() => undefined);
    api.kill("SIGTERM");
  } finally {
    await stores.stop();
  }
});

function readPort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError("A port is 0 to 65535.");
  return Number(text);
}
