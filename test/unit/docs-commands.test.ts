import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../../tools/paths";
import { documents } from "./documents";
import { shellBlocks } from "./shell-blocks";

/** Where a command of the documents is run: a file, and a text in it that does so. */
interface Run {
  command: RegExp;
  file: string;
  text: string;
}

const runs: Run[] = [
  { command: /^npm ci$/, file: ".ci/run", text: "npm ci" },
  { command: /^npm test$/, file: ".ci/run", text: "npm test" },
  { command: /^npm run local$/, file: ".ci/run", text: "npm run local -- --suffix ci" },
  { command: /^npm run local:down -- --suffix \S+$/, file: ".ci/run", text: "npm run local:down -- --suffix ci" },
  {
    command: /^npm run plan -- --stack prod --compare dev --html plan\.html$/,
    file: ".ci/run",
    text: "npm run plan -- --stack prod --compare dev --html",
  },
  { command: /^npm run serve$/, file: "test/service/support/local-api.ts", text: "tools/serve.ts" },
  { command: /^npm run operate -- verify-audit$/, file: "test/e2e/lifecycle.test.ts", text: '"verify-audit"' },
  {
    command: /^npm run operate -- end-sessions --user SUB$/,
    file: "test/e2e/lifecycle.test.ts",
    text: '"end-sessions"',
  },
  {
    command: /^npm run sweep -- --suffix \S+ --local( --delete --yes)?$/,
    file: "test/e2e/sweep.test.ts",
    text: "sweep",
  },
];

/** The commands in the shell blocks of a document that are not marked as needing AWS; a line that ends with a backslash goes on. */
function commandsOf(document: string): string[] {
  return shellBlocks(readFileSync(join(repository, document), "utf8"))
    .filter(({ needsAws }) => !needsAws)
    .flatMap(({ commands }) => commands.replaceAll("\\\n", " ").split("\n"))
    .map((line) => line.replaceAll(/\s+/g, " ").trim())
    .filter((line) => line !== "");
}

/** Run as they stand, block by block, by test/service/api-walkthrough.test.ts and test/e2e/bootstrap.test.ts; what signs in needs AWS's pages. */
const runAsAWhole = ["docs/api.md", "docs/bootstrap.md"];

describe.each(documents.filter((document) => !runAsAWhole.includes(document)))("the commands of %s", (document) => {
  it("are run by a test or by .ci/run, or are marked as needing AWS (```sh aws)", () => {
    expect(commandsOf(document).filter((line) => !runs.some(({ command }) => command.test(line)))).toEqual([]);
  });
});

describe("what runs commands", () => {
  it.each(runs)("$command is there", ({ command, file, text }) => {
    expect(readFileSync(join(repository, file), "utf8")).toContain(text);
    expect(documents.flatMap(commandsOf).filter((line) => command.test(line)).length).toBeGreaterThan(0);
  });
});
