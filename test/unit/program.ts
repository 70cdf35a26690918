import program from "../../index";
import { RunError } from "@pulumi/pulumi";
import type { ResourceOutputs } from "../../lib/previous-deployment";
import { attempt, record, refusal, type Recorded, type Values } from "./recorder";

export const accountId = "123456789012";

/** What AWS answers to the program's questions in an account that has no environment yet. */
export const freshAccount: Record<string, (inputs: Values) => object> = {
  ...previously({}),
  "aws:index/getCallerIdentity:getCallerIdentity": () => ({ accountId }),
  "aws:index/getPartition:getPartition": () => ({ partition: "aws" }),
  "aws:index/getAvailabilityZones:getAvailabilityZones": () => ({ zoneIds: ["euw1-az1", "euw1-az2", "euw1-az3"] }),
  "aws:iam/getRole:getRole": () => {
    throw refusal("couldn't find resource");
  },
};

/** The engine's answer to what the stack held before. */
export function previously(outputs: ResourceOutputs): Record<string, () => { outputs: ResourceOutputs }> {
  return { "pulumi:pulumi:readStackResourceOutputs": () => ({ outputs }) };
}

/** The configuration without NAT, which needs every way that there is inside the VPC. */
export const isolated: Record<string, string> = {
  natStrategy: "none",
  interfaceEndpoints: '["secretsmanager", "elasticache", "kms", "logs", "xray", "ecr.api", "ecr.dkr"]',
  analyticsImage: `${accountId}.dkr.ecr.eu-west-1.amazonaws.com/analytics:1`,
};

interface Surroundings {
  /** What AWS answers. */
  calls?: typeof freshAccount;
  stack?: string;
  /** The ENVIRONMENT_SUFFIX variable. */
  variable?: string;
}

/** Runs the whole program, as the engine would. */
export function recordProgram(
  configuration: Record<string, string> = {},
  { calls = freshAccount, stack = "dev", variable }: Surroundings = {},
): Promise<Recorded[]> {
  setVariable(variable);
  return record(program, { calls, configuration, stack });
}

/**
 * Runs the whole program with a configuration that it has to refuse, before it registers or asks AWS anything.
 * Returns the mistakes that it lists.
 */
export async function mistakesOfProgram(
  configuration: Record<string, string>,
  { calls = previously({}), stack = "dev", variable }: Surroundings = {},
): Promise<string[]> {
  setVariable(variable);
  const { error, recorded } = await attempt(program, { calls, configuration, stack });
  expect(recorded.map(({ type }) => type)).toEqual(["pulumi:pulumi:Stack"]);
  if (!RunError.isInstance(error)) throw new Error("The configuration was not refused.", { cause: error });
  const [headline, ...lines] = error.message.split("\n");
  const count = lines.length === 1 ? "a mistake" : `${lines.length} mistakes`;
  expect(headline).toBe(`The configuration has ${count}; nothing was created.`);
  return lines.map((line) => line.replace(/^ {2}- /, ""));
}

function setVariable(value: string | undefined): void {
  if (value === undefined) delete process.env.ENVIRONMENT_SUFFIX;
  else process.env.ENVIRONMENT_SUFFIX = value;
}
