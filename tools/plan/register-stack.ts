import { join } from "node:path";
import { RunError } from "@pulumi/pulumi";
import type { Mocks } from "@pulumi/pulumi/runtime/mocks";
import { UserError } from "../cli";
import { repository } from "../paths";
import { type Program, readConfiguration, register, type Registered } from "../program";

/** What the program registers for a stack, by its file and by what is given beside it. */
export interface RegisteredStack {
  stack: string;
  /** Ends every physical name. */
  suffix: string;
  resources: Registered[];
}

/**
 * Runs a program without CLI, credentials or network.
 * @param given configuration by key, with or without the project's name before it, as `pulumi config set` takes it
 * @param root folder of the program
 * @throws UserError for a stack without a file, a key that is none, and what the program refuses
 */
export async function registerStack(
  stack: string,
  given: Record<string, string> = {},
  root = repository,
): Promise<RegisteredStack> {
  const { project, configuration } = readConfiguration(stack, root);
  for (const [key, value] of Object.entries(given)) {
    const fullKey = key.includes(":") ? key : `${project}:${key}`;
    if (!(fullKey in configuration)) throw new UserError(`"${key}" is not a configuration key of Pulumi.yaml.`);
    configuration[fullKey] = value;
  }
  const { default: program } = (await import(join(root, "index"))) as unknown as { default: Program };
  const resources = await register(program, { project, stack, configuration, calls: freshAccount }).catch(
    (error: unknown) => {
      throw RunError.isInstance(error) ? new UserError(error.message) : error;
    },
  );
  const [suffix = stack] = [configuration[`${project}:environmentSuffix`], process.env.ENVIRONMENT_SUFFIX].filter(
    Boolean,
  );
  return { stack, suffix, resources };
}

/** What AWS would say to the program's questions, in an account that has no environment yet. */
const freshAccount: Mocks["call"] = ({ token, inputs }) => {
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
