/** `npm run lint:workflows`: actionlint on the workflows, shellcheck on their steps and on every shell script. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { runCommand, UserError } from "./cli";
import { findActionlint, findShellcheck } from "./linters/programs";
import { repository } from "./paths";

/** Folders that hold nothing else. */
const scriptFolders = [".github/scripts", ".githooks"];

const command = new Command("npm run lint:workflows --")
  .description("Checks workflows with actionlint, and their shell steps and the shell scripts with shellcheck.")
  .argument("[workflows...]", "workflow files; all of .github/workflows unless given")
  .parse();

runCommand(async () => {
  const workflows = command.args.length > 0 ? command.args : filesIn(".github/workflows");
  const scripts = [".ci/run", ...scriptFolders.flatMap(filesIn)];
  const [actionlint, shellcheck] = [await findActionlint(), await findShellcheck()];

  const passed = [
    run(actionlint, ["-shellcheck", shellcheck, "-pyflakes", "", ...workflows]),
    run(
      shellcheck,
      scripts.map((script) => join(repository, script)),
    ),
  ];
  if (passed.includes(false)) throw new UserError("There is something to correct; see above.");
  console.log(`Nothing to correct in ${workflows.length} workflows and ${scripts.length} scripts.`);
});

function filesIn(folder: string): string[] {
  return readdirSync(join(repository, folder)).map((file) => join(folder, file));
}

function run(program: string, args: string[]): boolean {
  const { error, status } = spawnSync(program, args, { stdio: "inherit" });
  if (error) throw error;
  return status === 0;
}
