/** `npm run plan`: what a reviewer should know of a stack before it is deployed, without CLI, credentials or network. */
import { existsSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { runCommand, UserError } from "./cli";
import { registerCommit } from "./plan/commit";
import { difference } from "./plan/difference";
import { planPage } from "./plan/page";
import { planOf, type Section, sections } from "./plan/plan";
import { registerStack, type RegisteredStack } from "./plan/register-stack";
import { planText } from "./plan/text";

const command = new Command("npm run plan --")
  .description("Shows what the program registers for a suffix and a configuration, and what that means.")
  .option("--suffix <name>", "suffix of the environment; the program's own rule decides if it is not given")
  .option("--stack <name>", "stack whose Pulumi.<stack>.yaml is used", "dev")
  .option("--config <key=value>", "a configuration value, as `pulumi config set` takes it; repeatable", collect, {})
  .option("--compare <stack>", "what differs from another stack, as if both had the same suffix")
  .option("--since <commit>", "what differs from the program and the stack files of a commit, such as HEAD")
  .option(
    "--section <names>",
    `what to show: all, or some of ${sections.join(",")}`,
    readSections,
    [...sections].slice(0, -1),
  )
  .option("--json", "everything as data; its shape is the type Plan in tools/plan/plan.ts")
  .addOption(new Option("--html <file>", "everything as a page with the graph of the resources").conflicts("json"))
  .parse();

interface Options {
  suffix?: string;
  stack: string;
  config: Record<string, string>;
  compare?: string;
  since?: string;
  section: Section[];
  json?: boolean;
  html?: string;
}

runCommand(async () => {
  const { compare, config, html, json, section, since, stack, suffix } = command.opts<Options>();
  if (compare !== undefined && since !== undefined)
    throw new UserError("Compare with a stack or with a commit, not both.");
  if (html !== undefined && !existsSync(dirname(html)))
    throw new UserError(`${dirname(html)} does not exist. Make the folder, or name another file for the page.`);
  const given = { ...config, ...(suffix === undefined ? {} : { environmentSuffix: suffix }) };
  const registered = await registerStack(stack, given);
  const other = await comparedWith(registered, given);
  const plan = planOf(registered, other && { from: other.from, ...difference(other.resources, registered.resources) });
  if (html !== undefined) {
    writeFileSync(html, planPage(plan, registered.resources));
    console.log(`The plan is in ${html}.`);
    return;
  }
  console.log(json ? JSON.stringify(plan, undefined, 2) : planText(plan, section));

  async function comparedWith({ suffix: environmentSuffix }: RegisteredStack, given: Record<string, string>) {
    if (since !== undefined) return { from: `commit ${since}`, ...(await registerCommit(since, stack, given)) };
    if (compare === undefined) return undefined;
    return { from: `stack ${compare}`, ...(await registerStack(compare, { ...given, environmentSuffix })) };
  }
});

function readSections(text: string): Section[] {
  if (text === "all") return [...sections];
  return text.split(",").map((name) => {
    const section = sections.find((known) => known === name);
    if (!section) throw new InvalidArgumentError(`There is no section "${name}".`);
    return section;
  });
}

function collect(pair: string, previous: Record<string, string>): Record<string, string> {
  const [key = "", ...value] = pair.split("=");
  return { ...previous, [key]: value.join("=") };
}
