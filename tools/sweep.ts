/** `npm run sweep`: finds, and removes when told to, what is left of an environment, by AWS's APIs and without Pulumi's state. */
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { Command } from "commander";
import { accountConfig, clientConfig, regionOption } from "./aws-environment";
import { runningEndpoint } from "./aws-server";
import { runCommand, suffixOption, UserError } from "./cli";
import { asSweep, type ClientConfig } from "./leftovers/inventory";
import { localFolder } from "./paths";
import { LeftError, sweep } from "./sweeping";

interface Options {
  suffix: string;
  region: string;
  local?: boolean;
  delete?: boolean;
  yes?: boolean;
}

/** What it ends with for something, and where it cannot tell. */
const [something, unknown] = [1, 2];

const command = new Command("npm run sweep --")
  .description(
    "Lists what exists of an environment in AWS, whether or not Pulumi knows of it. Ends with 0 if that is nothing, with 1 if it is something, and with 2 where it could not look.",
  )
  .addOption(suffixOption().default(undefined).makeOptionMandatory())
  .addOption(regionOption())
  .option("--local", "look in the local AWS instead of the account whose credentials the AWS SDK finds")
  .option("--delete", "remove all of it, data and backups included; the suffix must be typed first")
  .option("--yes", "with --delete: do not ask")
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : unknown))
  .parse();

runCommand(
  async () => {
    const options = command.opts<Options>();
    const config = asSweep(await target(options));
    const { Account = "", Arn = "" } = await new STSClient(config).send(new GetCallerIdentityCommand());
    const place = `account ${Account}, ${options.region}`;
    console.log(`In ${place}, as ${Arn}:`);
    await sweep({ ...options, config, place });
  },
  (error) => (error instanceof LeftError ? something : unknown),
);

/** The local AWS, or the user's account. */
async function target({ local, region }: Options): Promise<ClientConfig> {
  if (!local) return accountConfig(region);
  const endpoint = await runningEndpoint(localFolder());
  if (!endpoint) throw new UserError("No local AWS runs, so nothing can be left in it.");
  return { ...clientConfig(endpoint), region };
}
