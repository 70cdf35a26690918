import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { assertLoopback } from "./aws-environment";
import { UserError } from "./cli";
import { type LocalFolder, repository } from "./paths";
import { withProgress } from "./progress";
import { pythonWithMoto } from "./python";

const script = join(repository, "tools/moto/server.py");

/** For its first answer after a start, and for one while it is busy. */
const limitInSeconds = 120;

/**
 * URL of the local AWS to use if one runs: AWS_ENDPOINT_URL, else the one started from this folder, which is waited for while it is busy.
 * @throws UserError where it does not answer, as what is in it may still be needed
 */
export async function runningEndpoint(folder: LocalFolder): Promise<string | undefined> {
  const given = process.env.AWS_ENDPOINT_URL;
  if (given) {
    assertLoopback(given);
    if (await answers(given)) return given;
    throw new UserError(`AWS_ENDPOINT_URL is ${given}, but nothing answers there.`);
  }
  const recorded = existsSync(folder.endpoint) ? readFileSync(folder.endpoint, "utf8").trim() : undefined;
  if (recorded === undefined) return undefined;
  if (await answers(recorded)) return recorded;

  const pid = await serverOf(folder);
  if (pid === undefined) return undefined;
  const waiting = `Waiting for the local AWS at ${recorded}, which runs and does not answer`;
  if (await withProgress(waiting, () => comesToAnswer(recorded, pid))) return recorded;
  if (!(await isServer(pid))) return undefined;
  throw new UserError(
    [
      `The local AWS at ${recorded} runs as process ${pid}, but has not answered for ${limitInSeconds} s. Its log is ${folder.log}.`,
      "Run the same command again when it is less busy; or stop it with every environment in it: npm run local:aws -- --stop",
    ].join("\n"),
  );
}

/** URL of the local AWS, which is started if none runs. */
export async function ensureLocalAws(folder: LocalFolder): Promise<string> {
  const running = await runningEndpoint(folder);
  if (running) {
    console.log(`The local AWS runs at ${running}.`);
    return running;
  }
  return startLocalAws(folder);
}

/** Stops the local AWS that was started from this folder. False if none runs. */
export async function stopLocalAws(folder: LocalFolder): Promise<boolean> {
  const pid = await serverOf(folder);
  if (pid !== undefined) {
    process.kill(pid, "SIGTERM");
    for (let waited = 0; await isServer(pid); waited += 100) {
      if (waited === 10_000) process.kill(pid, "SIGKILL");
      await sleep(100);
    }
  }
  rmSync(folder.pid, { force: true });
  rmSync(folder.endpoint, { force: true });
  return pid !== undefined;
}

/** Starts a local AWS of its own, empty, and returns its URL. */
export async function startLocalAws(folder: LocalFolder): Promise<string> {
  const python = await pythonWithMoto();
  await stopLocalAws(folder);
  mkdirSync(folder.awsState, { recursive: true });
  const port = await freePort();
  const endpoint = `http://localhost:${port}`;
  const log = openSync(folder.log, "w");
  const server = spawn(python, [script, "-H", "127.0.0.1", "-p", String(port)], {
    detached: true,
    stdio: ["ignore", log, log],
    env: { ...process.env, MOTO_IAM_LOAD_MANAGED_POLICIES: "true", TAP_LOCAL_STATE: folder.awsState },
  });
  const { pid = 0 } = server;
  // Before it answers, so that other commands wait for it and start none of their own.
  writeFileSync(folder.endpoint, endpoint);
  writeFileSync(folder.pid, String(pid));

  if (!(await withProgress("Starting the local AWS", () => comesToAnswer(endpoint, pid)))) {
    const reason = (await stopLocalAws(folder))
      ? `It has not answered for ${limitInSeconds} s. Its log is ${folder.log}.`
      : readFileSync(folder.log, "utf8");
    throw new UserError(`The local AWS did not start:\n${reason}`);
  }
  server.unref();
  console.log(`The local AWS runs at ${endpoint}; its log is ${folder.log}.`);
  return endpoint;
}

/** Waits for an answer as long as the server runs, and no longer than the limit; false where none came. */
async function comesToAnswer(endpoint: string, pid: number): Promise<boolean> {
  const deadline = Date.now() + limitInSeconds * 1000;
  while (!(await answers(endpoint))) {
    if (Date.now() > deadline || !(await isServer(pid))) return false;
    await sleep(200);
  }
  return true;
}

async function answers(endpoint: string): Promise<boolean> {
  return fetch(new URL("/moto-api/", endpoint), { signal: AbortSignal.timeout(5000) }).then(
    (response) => response.ok,
    () => false,
  );
}

/** The process of the local AWS that was started from this folder, if it runs. */
async function serverOf(folder: LocalFolder): Promise<number | undefined> {
  const pid = existsSync(folder.pid) ? Number(readFileSync(folder.pid, "utf8")) : undefined;
  return pid !== undefined && (await isServer(pid)) ? pid : undefined;
}

/** Whether this process is a server of ours, and not one that was given the number later. */
async function isServer(pid: number): Promise<boolean> {
  const { stdout } = await promisify(execFile)("ps", ["-p", String(pid), "-o", "command="]).catch(() => ({
    stdout: "",
  }));
  return stdout.includes(script);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
