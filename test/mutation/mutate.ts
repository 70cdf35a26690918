/** `npm run mutate`: shows which rule or test notices, for each input of the program that is changed. */
import { writeFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import { runCommand } from "../../tools/cli";
import { titleOf } from "./mutant";
import { outcomesOf, renderOutcome, summaryOf, survived } from "./outcomes";
import { mutatedPrograms } from "./programs";

const command = new Command("npm run mutate --")
  .description("Changes each input of the program that matters for security, one at a time, and shows what notices.")
  .option("--only <regex>", "only mutants with such a name", regularExpression)
  .option("--list", "only prints the mutants")
  .option("--json <file>", "writes the outcomes as data, too")
  .parse();

const { json, list, only } = command.opts<{ only?: RegExp; list?: boolean; json?: string }>();

runCommand(async () => {
  const programs = await mutatedPrograms(only);
  if (list) {
    for (const mutant of programs.flatMap(({ mutants }) => mutants)) console.log(titleOf(mutant));
    return;
  }
  const outcomes = await outcomesOf(programs);
  for (const outcome of outcomes) console.log(renderOutcome(outcome));
  console.log(`\n${summaryOf(outcomes)}`);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(outcomes, undefined, 2)}\n`);
  if (outcomes.some(survived)) process.exitCode = 1;
});

function regularExpression(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}
