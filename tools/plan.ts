/** `npm run plan`: prints what the program would register, without CLI, credentials or network. */
import { Command } from "commander";
import { runCommand } from "./cli";
import { registerStack } from "./plan/register-stack";
import { planOf, renderPlan } from "./plan/tree";

const command = new Command("npm run plan --")
  .description("Prints the resources that the program registers for a suffix and a configuration.")
  .option("--suffix <name>", "suffix of the environment; the program's own rule decides if it is not given")
  .option("--stack <name>", "stack whose Pulumi.<stack>.yaml is used", "dev")
  .option("--config <key=value>", "a configuration value, as `pulumi config set` takes it; repeatable", collect, {})
  .option("--json", "the same as data")
  .parse();

const { config, json, stack, suffix } = command.opts<{
  suffix?: string;
  stack: string;
  config: Record<string, string>;
  json?: boolean;
}>();

runCommand(async () => {
  const given = { ...config, ...(suffix === undefined ? {} : { environmentSuffix: suffix }) };
  const { resources } = await registerStack(stack, given);
  const plan = planOf(resources);
  console.log(json ? JSON.stringify(plan, undefined, 2) : renderPlan(plan));
});

function collect(pair: string, previous: Record<string, string>): Record<string, string> {
  const [key = "", ...value] = pair.split("=");
  return { ...previous, [key]: value.join("=") };
}
