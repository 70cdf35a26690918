import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { runningEndpoint, startLocalAws } from "../../tools/aws-server";
import { UserError } from "../../tools/cli";
import { localFolder, repository } from "../../tools/paths";
import { isAlive } from "../../tools/process";
import { pythonWithMoto } from "../../tools/python";

jest.mock("../../tools/python");

const environment = process.env;
const endpoint = "http://localhost:4999";
const aMinute = 60_000;

let folder: ReturnType<typeof localFolder>;
let server: ChildProcess | undefined;

beforeEach(() => {
  folder = localFolder(mkdtempSync(join(tmpdir(), "tap-aws-server-")));
  process.env = { PATH: environment.PATH };
  jest.spyOn(console, "log").mockImplementation();
});

afterEach(() => {
  process.env = environment;
  jest.restoreAllMocks();
  server?.kill("SIGKILL");
  server = undefined;
  rmSync(folder.root, { recursive: true });
});

/** Does nothing, under the name of the local AWS, and is noted as the one of the folder. */
async function startSilentServer(): Promise<ChildProcess> {
  const script = join(repository, "tools/moto/server.py");
  server = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)", script], { stdio: "ignore" });
  await once(server, "spawn");
  writeFileSync(folder.endpoint, endpoint);
  writeFileSync(folder.pid, String(server.pid));
  return server;
}

/** Lets whoever asks for the time find that a minute has passed since. */
function hurry(): void {
  let now = 0;
  jest.spyOn(Date, "now").mockImplementation(() => (now += aMinute));
}

const refused = () => Promise.reject(new TypeError("fetch failed"));

describe("the local AWS that runs", () => {
  it("is waited for while it is busy", async () => {
    await startSilentServer();
    const ask = jest.spyOn(global, "fetch").mockResolvedValue(new Response());
    for (let time = 0; time < 3; time++) ask.mockImplementationOnce(refused);
    expect(await runningEndpoint(folder)).toBe(endpoint);
    expect(ask.mock.calls.length).toBe(4);
  });

  it("is not taken for gone when it does not come to answer, and is left as it is", async () => {
    const { pid = 0 } = await startSilentServer();
    jest.spyOn(global, "fetch").mockImplementation(refused);
    hurry();
    await expect(runningEndpoint(folder)).rejects.toThrow(
      new UserError(
        [
          `The local AWS at ${endpoint} runs as process ${pid}, but has not answered for 120 s. Its log is ${folder.log}.`,
          "Run the same command again when it is less busy; or stop it with every environment in it: npm run local:aws -- --stop",
        ].join("\n"),
      ),
    );
    expect(isAlive(pid)).toBe(true);
    expect(readFileSync(folder.pid, "utf8")).toBe(String(pid));
  });

  it("is none where its process has ended", async () => {
    const silent = await startSilentServer();
    silent.kill("SIGKILL");
    await once(silent, "exit");
    jest.spyOn(global, "fetch").mockImplementation(refused);
    expect(await runningEndpoint(folder)).toBeUndefined();
  });
});

describe("a local AWS that is started", () => {
  /** What other commands find while it starts: its URL and its process. */
  let noted: string[];

  /** Starts a program in place of Python that never answers. */
  function start(program: string): Promise<string> {
    const python = join(folder.root, "python");
    writeFileSync(python, `#!/usr/bin/env node\n${program}`, { mode: 0o755 });
    jest.mocked(pythonWithMoto).mockResolvedValue(python);
    jest.spyOn(global, "fetch").mockImplementation(() => {
      noted = [folder.endpoint, folder.pid].map((file) => readFileSync(file, "utf8"));
      return refused();
    });
    return startLocalAws(folder);
  }

  it("is known to other commands before it answers, and ends when it does not come to answer", async () => {
    hurry();
    await expect(start("setInterval(() => {}, 1000)")).rejects.toThrow(
      new UserError(`The local AWS did not start:\nIt has not answered for 120 s. Its log is ${folder.log}.`),
    );
    expect(noted).toEqual([expect.stringMatching(/^http:\/\/localhost:\d+$/), expect.stringMatching(/^\d+$/)]);
    expect([existsSync(folder.endpoint), existsSync(folder.pid)]).toEqual([false, false]);
    while (isAlive(Number(noted[1]))) await sleep(10);
  });

  it("says why it has ended", async () => {
    await expect(start('console.error("no such module: moto")')).rejects.toThrow(
      new UserError("The local AWS did not start:\nno such module: moto\n"),
    );
    expect([existsSync(folder.endpoint), existsSync(folder.pid)]).toEqual([false, false]);
  });
});
