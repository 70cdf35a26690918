import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../cli";
import { repository } from "../paths";
import { authorizationsOf, type Operation } from "./authorizations";

/** What IAM is asked while an environment comes, changes, is tested and goes: `<action> <resource> <what else it is told>`, sorted. */
export interface Required {
  /** By the provider. */
  deployment: string[];
  /** By the integration suite. */
  tests: string[];
  /** By the search for leftovers, and by their removal. */
  sweep: string[];
}

/** What was seen; `npm run authorizations` adds to it. */
export const requiredFile = join(repository, "test/unit/required-authorizations.json");

/** The suffix that stands in the file for whatever it was. */
export const exampleSuffix = "pr-7";

/** What is not asked on AWS: there a user's token is given (docs/testing.md), and the bootstrap has made the account's role. */
const localOnly = /^cognito-idp:Admin|^iam:CreateRole .*:role\/api-gateway-cloudwatch-logs/;

/**
 * Reads what the local AWS has noted.
 * @param file its `operations.jsonl`
 * @param suffixes of the environments that were deployed
 * @throws UserError where that is not all of them: the others would stand in the list by their own names
 */
export function readRequired(file: string, suffixes: string[]): Required {
  if (!existsSync(file)) {
    throw new UserError(`The local AWS has noted nothing yet: ${file} does not exist. Deploy first: npm run local`);
  }
  const operations = readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Operation);
  const noted = environmentsOf(operations);
  if (!noted.every((environment) => suffixes.includes(environment))) {
    throw new UserError(
      `${file} is about ${noted.join(" and ")}, and not about ${suffixes.join(" and ")} alone. Name all of them: npm run authorizations -- --suffix ${noted.join(" ")}`,
    );
  }
  const of = (caller: Operation["caller"]) =>
    linesOf(
      operations.filter((operation) => operation.caller === caller),
      suffixes,
    );
  return { deployment: of("provider"), tests: of("client"), sweep: of("sweep") };
}

/** By the tag that says whose a resource is, in whatever form a service takes it. */
function environmentsOf(operations: Operation[]): string[] {
  const tag = /"Environment"(?:,"\w*value")?:"([^"]+)"/gi;
  const found = operations.flatMap(({ parameters }) => [...JSON.stringify(parameters).matchAll(tag)]);
  return [...new Set(found.map(([, environment = ""]) => environment))].sort();
}

function linesOf(operations: Operation[], suffixes: string[]): string[] {
  // The longest first, as one may begin another.
  const ordered = [...suffixes].sort((a, b) => b.length - a.length);
  const lines = operations
    .flatMap(authorizationsOf)
    .map(({ action, resource, context }) => [action, resource, ...context].join(" "))
    .filter((line) => !localOnly.test(line))
    .map((line) => ordered.reduce((text, suffix) => text.replace(whole(suffix), exampleSuffix), line))
    .map((line) => line.replace(/(Execution-Logs_)\w+/, "$1ID"));
  return [...new Set(lines)].sort();
}

/** A suffix where it is none of a word's letters: `ci`, but not that of `Associate`. */
function whole(suffix: string): RegExp {
  return new RegExp(`(?<![A-Za-z0-9])${suffix}(?![A-Za-z0-9])`, "g");
}
