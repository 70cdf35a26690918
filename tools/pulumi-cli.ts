import { execFile } from "node:child_process";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { UserError } from "./cli";
import { withProgress } from "./progress";

/** Fetched when there is no CLI on PATH. */
export const version = "3.256.0";

const execute = promisify(execFile);

/**
 * The Pulumi CLI: the one on PATH, else the one that Pulumi's npm package `pulumi` fetches and keeps.
 * It is the real executable in both cases, because only that one gets the signals meant for it.
 */
export async function findPulumi(): Promise<string> {
  if (await runs("pulumi")) return "pulumi";
  // Where the package puts it (its README, "Cache location").
  const fetched = join(process.env.PULUMI_HOME ?? join(homedir(), ".pulumi"), "versions", version, "bin", "pulumi");
  if (await runs(fetched)) return fetched;

  const env = { ...process.env, npm_config_fetch_retries: "0", npm_config_fetch_timeout: "20000" };
  await withProgress(`Fetching the Pulumi CLI ${version}`, () =>
    execute("npx", ["--yes", `pulumi@${version}`, "version"], { env, timeout: 300_000 }),
  ).catch(() => undefined);
  if (await runs(fetched)) return fetched;

  throw new UserError(
    [
      "The Pulumi CLI is not on PATH, and it could not be fetched.",
      `Install version ${version} or newer (https://www.pulumi.com/docs/install/) and run this command again.`,
      "Without it, `npm test` and `npm run plan` still work.",
    ].join("\n"),
  );
}

async function runs(cli: string): Promise<boolean> {
  return execute(cli, ["version"], { env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" } }).then(
    () => true,
    () => false,
  );
}
