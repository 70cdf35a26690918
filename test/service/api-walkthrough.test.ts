import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { repository } from "../../tools/paths";
import { type LocalApi, startLocalApi } from "./support/local-api";
import { type Bound, compareAnswer, parseWalkthrough, type Step } from "./support/walkthrough";

jest.setTimeout(180_000);

/** What the commands are told to talk to. */
const writtenUrl = "http://localhost:8080";

const steps = parseWalkthrough(readFileSync(path.join(repository, "docs/api.md"), "utf8"));
const folder = mkdtempSync(path.join(tmpdir(), "walkthrough-"));
let api: LocalApi | undefined;
let outputs: string[];

beforeAll(async () => {
  api = await startLocalApi();
  outputs = await run(steps, api.baseUrl);
});

afterAll(async () => {
  await api?.stop();
  rmSync(folder, { recursive: true });
});

/** Enters all commands in one shell, as a reader does, and returns what each step wrote. */
async function run(entered: Step[], baseUrl: string): Promise<string[]> {
  const mark = randomUUID();
  const script = entered.map(({ commands }) => `${commands}\nprintf '\\n${mark}\\n'\n`).join("");
  const { stdout } = await promisify(execFile)("sh", ["-euc", script.replace(writtenUrl, baseUrl)], { cwd: folder });
  return stdout.split(`\n${mark}\n`);
}

describe("the walk-through of docs/api.md", () => {
  let bound: Bound = new Map();

  it.each(steps.flatMap(({ expected, line }, index) => (expected ? [{ expected, index, line }] : [])))(
    "answers the commands of line $line as shown",
    ({ expected, index }) => {
      const comparison = compareAnswer(expected, outputs[index] ?? "", bound);
      bound = comparison.bound;
      expect(comparison.differences).toEqual([]);
    },
  );
});
