import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { clientConfig } from "./aws-environment";
import { runningEndpoint } from "./aws-server";
import { UserError } from "./cli";
import type { ClientConfig } from "./leftovers/inventory";
import type { LocalFolder } from "./paths";

/** The function that carries an operator's commands out, of one environment. */
export interface OperationsFunction {
  name: string;
  config: ClientConfig;
  /** ARN of whoever is about to invoke it. */
  caller: string;
  /** Which of them all it is, for the operator to see. */
  description: string;
}

const makeOutputs = (file: string) => `pulumi stack output --json --stack NAME > ${file}`;

const forAws = `For an environment in AWS add --outputs FILE, made by: ${makeOutputs("FILE")}`;

/**
 * Where the environment is: in the local AWS without a file, for the outputs that that has left, and where AWS_ENDPOINT_URL names it; else in AWS.
 * @param outputs file with the outputs of its stack; of what `npm run local` deployed unless given
 * @throws UserError where there is none, or no local AWS to look for it in
 */
export async function findOperationsFunction(
  outputs: string | undefined,
  folder: LocalFolder,
): Promise<OperationsFunction> {
  const file = resolve(outputs ?? folder.outputs("dev"));
  if (!existsSync(file)) {
    throw new UserError(
      outputs === undefined
        ? `There is no local environment: ${file} does not exist. Deploy one: npm run local. ${forAws}`
        : `${file} does not exist. Make it: ${makeOutputs(outputs)}`,
    );
  }
  const { operationsFunctionName: name, region } = readOutputs(file) ?? {};
  if (name === undefined || region === undefined) {
    const remedy = outputs === undefined ? "Deploy again: npm run local" : `Make it again: ${makeOutputs(outputs)}`;
    throw new UserError(`${file} does not hold the outputs operationsFunctionName and region as JSON. ${remedy}`);
  }

  const isLocal = file.startsWith(folder.root) || Boolean(process.env.AWS_ENDPOINT_URL);
  const config = isLocal ? { ...(await localConfig(folder)), region } : { region };
  const { Account = "", Arn = "" } = await new STSClient(config).send(new GetCallerIdentityCommand());
  const description = `${name} ${isLocal ? "in the local AWS" : "in AWS"}: account ${Account}, ${region}, as ${Arn}`;
  return { name, config, caller: Arn, description };
}

/** What a stack's outputs are, if they are JSON. */
function readOutputs(file: string): Record<string, string | undefined> | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Record<string, string | undefined> | null;
  } catch {
    return null;
  }
}

/** What became of an invocation: that there is no such function is mostly a matter of whose credentials these are. */
export function withoutFunction(error: unknown, { description, name }: OperationsFunction): unknown {
  if (!(error instanceof Error) || error.name !== "ResourceNotFoundException") return error;
  return new UserError(
    [
      `There is no function ${description}.`,
      `Sign in to the account that the environment is in; or make the outputs again, if it is not called ${name} any more.`,
    ].join("\n"),
  );
}

async function localConfig(folder: LocalFolder): Promise<ClientConfig> {
  const endpoint = await runningEndpoint(folder);
  if (!endpoint) throw new UserError(`No local AWS runs. Start it and deploy: npm run local. ${forAws}`);
  return clientConfig(endpoint);
}
