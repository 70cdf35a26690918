import program from "../../index";
import { record, refusal, type Recorded, type Values } from "./recorder";

export const accountId = "123456789012";

/** What AWS answers to the program's questions in an account that has no environment yet. */
export const freshAccount: Record<string, (inputs: Values) => object> = {
  "aws:index/getCallerIdentity:getCallerIdentity": () => ({ accountId }),
  "aws:index/getPartition:getPartition": () => ({ partition: "aws" }),
  "aws:index/getAvailabilityZones:getAvailabilityZones": () => ({ zoneIds: ["euw1-az1", "euw1-az2", "euw1-az3"] }),
  "aws:iam/getRole:getRole": () => {
    throw refusal("couldn't find resource");
  },
};

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
  if (variable === undefined) delete process.env.ENVIRONMENT_SUFFIX;
  else process.env.ENVIRONMENT_SUFFIX = variable;
  return record(program, { calls, configuration, stack });
}
