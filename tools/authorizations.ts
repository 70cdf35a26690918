/** `npm run authorizations`: adds what was asked of the local AWS to what deploy roles are tested to be allowed. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { runCommand } from "./cli";
import { readRequired, requiredFile, type Required } from "./operations/required";
import { localFolder } from "./paths";

const command = new Command("npm run authorizations --")
  .description("Adds what the local AWS was asked since it started to test/unit/required-authorizations.json.")
  .option("--suffix <names...>", "suffixes of all environments that were deployed in it", ["dev"])
  .parse();

runCommand(async () => {
  const { suffix } = command.opts<{ suffix: string[] }>();
  const seen = readRequired(join(localFolder().awsState, "operations.jsonl"), suffix);
  const known = JSON.parse(readFileSync(requiredFile, "utf8")) as Required;
  const merge = (key: keyof Required) => [...new Set([...known[key], ...seen[key]])].sort();
  const merged: Required = { deployment: merge("deployment"), tests: merge("tests"), sweep: merge("sweep") };
  writeFileSync(requiredFile, `${JSON.stringify(merged, undefined, 2)}\n`);
  const count = (required: Required) => Object.values(required).flat().length;
  const added = count(merged) - count(known);
  console.log(added === 0 ? "Nothing new." : `${added} more, in ${requiredFile}.`);
  return Promise.resolve();
});
