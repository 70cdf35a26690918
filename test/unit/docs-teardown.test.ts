import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../../tools/paths";
import { shellBlocks } from "./shell-blocks";

const text = readFileSync(join(repository, "docs/teardown.md"), "utf8");
const commands = shellBlocks(text).flatMap((block) => block.commands.trim().split("\n"));

describe("docs/teardown.md", () => {
  it("gives these commands to run", () => {
    expect(commands).toEqual([
      "pulumi destroy --stack pr-42 --remove",
      "npm run sweep -- --suffix pr-42",
      "npm run local:down -- --suffix pr-42",
      "npm run sweep -- --suffix pr-42",
      "npm run sweep -- --suffix pr-42 --region eu-central-1",
      "npm run sweep -- --suffix pr-42 --delete",
      "npm run sweep -- --suffix pr-42 --delete --yes",
      "npm run sweep -- --suffix pr-42 --local",
      "npm run sweep -- --suffix pr-42 --local --delete --yes",
    ]);
  });

  it("names every option that the sweep has, and no other", () => {
    const tsx = join(repository, "node_modules/.bin/tsx");
    const help = execFileSync(tsx, [join(repository, "tools/sweep.ts"), "--help"], { encoding: "utf8" });
    const optionsIn = (lines: string[]) => [...new Set(lines.flatMap((line) => line.match(/--[a-z]+/g) ?? []))].sort();
    const options = help.split("\n").filter((line) => line.startsWith("  -"));
    expect([...optionsIn(commands.filter((line) => line.includes("run sweep"))), "--help"].sort()).toEqual(
      optionsIn(options.map((line) => line.trim().split("  ")[0] ?? "")),
    );
  });
});
