import { type Config, RunError } from "@pulumi/pulumi";
import { stages, type Stage } from "./stages";

export interface BootstrapConfig {
  region: string;
  githubRepository: string;
  /** ARN of the account's identity provider for GitHub Actions; empty where there is none yet. */
  githubProviderArn: string;
  stages: Stage[];
}

const allStages = Object.keys(stages) as Stage[];

/**
 * Reads and checks the configuration.
 * @throws RunError that lists every mistake.
 */
export function loadBootstrapConfig(source: Pick<Config, "get">): BootstrapConfig {
  const mistakes: string[] = [];
  const read = (key: string, preset: string, accepts: RegExp, allowed: string) => {
    const value = source.get(key) ?? preset;
    if (!accepts.test(value)) mistakes.push(`${key}: ${JSON.stringify(value)} must be ${allowed}`);
    return value;
  };
  const config = {
    region: read("region", "eu-west-1", /^[a-z]{2}(-[a-z]+)+-\d$/, "an AWS region such as eu-west-1"),
    githubRepository: read(
      "githubRepository",
      "",
      /^[A-Za-z0-9-]{1,39}\/[A-Za-z0-9._-]{1,100}$/,
      "the repository that deploys, as owner/name",
    ),
    githubProviderArn: read(
      "githubProviderArn",
      "",
      /^$|^arn:aws(-[a-z]+)*:iam::\d{12}:oidc-provider\/token\.actions\.githubusercontent\.com$/,
      "the ARN of an identity provider for token.actions.githubusercontent.com, or empty",
    ),
    stages: read(
      "stages",
      allStages.join(","),
      new RegExp(`^(${allStages.join("|")})(,(${allStages.join("|")}))*$`),
      `some of ${allStages.join(", ")}, separated by commas`,
    ).split(",") as Stage[],
  };
  if (new Set(config.stages).size !== config.stages.length) mistakes.push("stages: names one more than once");
  if (mistakes.length > 0)
    throw new RunError(`Nothing was created.\n${mistakes.map((line) => `  - ${line}`).join("\n")}`);
  return config;
}
