import { Mistakes } from "../../lib/mistakes";
import { stages, type Stage } from "./stages";

export interface BootstrapConfig {
  region: string;
  /** The repository that deploys, as the tokens of its runs name it: `owner/name`, or `owner@id/name@id`. */
  githubRepository: string;
  /** ARN of the account's identity provider for GitHub Actions; empty where there is none yet. */
  githubProviderArn: string;
  stages: Stage[];
}

const stageNames = Object.keys(stages).join("|");

/** What GitHub lets an owner and a repository be called. */
const [owner, name] = ["[A-Za-z0-9-]{1,39}", "[A-Za-z0-9._-]{1,100}"];

/** Of each key, what it is unless set, and what is allowed. */
const keys = {
  region: {
    preset: "eu-west-1",
    accepts: /^[a-z]{2}(-[a-z]+)+-\d$/,
    allowed: "an AWS region such as eu-west-1",
  },
  githubRepository: {
    preset: "",
    accepts: new RegExp(`^${owner}(/${name}|@\\d+/${name}@\\d+)$`),
    allowed: "the repository that deploys, as owner/name, or as owner@id/name@id where its tokens say that",
  },
  githubProviderArn: {
    preset: "",
    accepts: /^$|^arn:aws(-[a-z]+)*:iam::\d{12}:oidc-provider\/token\.actions\.githubusercontent\.com$/,
    allowed: "the ARN of an identity provider for token.actions.githubusercontent.com, or empty",
  },
  stages: {
    preset: Object.keys(stages).join(","),
    // No stage a second time.
    accepts: new RegExp(`^(?!.*\\b(${stageNames})\\b.*\\b\\1\\b)(${stageNames})(,(${stageNames}))*$`),
    allowed: `some of ${Object.keys(stages).join(", ")}, each once, separated by commas`,
  },
};

/**
 * Reads and checks the configuration.
 * @param configured texts by key, as Pulumi hands them to programs
 * @throws RunError that lists every mistake.
 */
export function loadBootstrapConfig(configured: Readonly<Record<string, string>>): BootstrapConfig {
  const mistakes = new Mistakes();
  for (const [key, value] of Object.entries(configured)) {
    if (!Object.hasOwn(keys, key)) mistakes.add(key, value, "is no key; docs/bootstrap.md lists them all");
  }
  const read = (key: keyof typeof keys) => {
    const { preset, accepts, allowed } = keys[key];
    const value = configured[key] ?? preset;
    if (!accepts.test(value)) mistakes.add(key, value, `allowed is ${allowed}`);
    return value;
  };
  const config = {
    region: read("region"),
    githubRepository: read("githubRepository"),
    githubProviderArn: read("githubProviderArn"),
    stages: read("stages").split(",") as Stage[],
  };
  mistakes.throwIfAny();
  return config;
}
