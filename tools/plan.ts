/** `npm run plan`: prints what the program would register, without CLI, credentials or network. */
import { Command } from "commander";
import { RunError } from "@pulumi/pulumi";
import type { Mocks } from "@pulumi/pulumi/runtime/mocks";
import { runCommand, UserError } from "./cli";
import { planOf, renderPlan } from "./plan-tree";
import { type Program, readConfiguration, register } from "./program";

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
  const { project, configuration } = readConfiguration(stack);
  const given = { ...config, ...(suffix === undefined ? {} : { environmentSuffix: suffix }) };
  for (const [key, value] of Object.entries(given)) {
    const fullKey = key.includes(":") ? key : `${project}:${key}`;
    if (!(fullKey in configuration)) throw new UserError(`"${key}" is not a configuration key of Pulumi.yaml.`);
    configuration[fullKey] = value;
  }

  const { default: program } = (await import("../index")) as unknown as { default: Program };
  const registered = await register(program, { project, stack, configuration, calls: answer }).catch(
    (error: unknown) => {
      throw RunError.isInstance(error) ? new UserError(error.message) : error;
    },
  );
  const plan = planOf(registered);
  console.log(json ? JSON.stringify(plan, undefined, 2) : renderPlan(plan));
});

/** What AWS would say to the program's questions, in an account that has no environment yet. */
const answer: Mocks["call"] = ({ token, inputs }) => {
  switch (token) {
    case "pulumi:pulumi:readStackResourceOutputs":
      return { outputs: {} };
    case "aws:index/getCallerIdentity:getCallerIdentity":
      return { accountId: "123456789012" };
    case "aws:index/getPartition:getPartition":
      return { partition: "aws" };
    case "aws:index/getAvailabilityZones:getAvailabilityZones":
      return { zoneIds: ["az1", "az2", "az3"] };
    case "aws:iam/getRole:getRole":
      throw refusal(`couldn't find resource: ${(inputs as { name: string }).name}`);
    default:
      throw refusal(`the plan has no answer to ${token}`);
  }
};

/** An error in the form in which the engine hands it on. */
function refusal(details: string): Error {
  return Object.assign(new Error(details), { details });
}

function collect(pair: string, previous: Record<string, string>): Record<string, string> {
  const [key = "", ...value] = pair.split("=");
  return { ...previous, [key]: value.join("=") };
}
