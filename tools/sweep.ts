/** `npm run sweep`: finds, and removes when told to, what is left of an environment, by AWS's APIs and without Pulumi's state. */
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { Command } from "commander";
import { settings } from "../lib/config";
import { accountConfig, clientConfig } from "./aws-environment";
import { runningEndpoint } from "./aws-server";
import { runCommand, suffixOption, UserError } from "./cli";
import { confirm } from "./confirmation";
import { describeLeftovers, findLeftovers } from "./leftovers";
import { asSweep, type ClientConfig, type Found } from "./leftovers/inventory";
import { localFolder } from "./paths";
import { describeFailures, removeAll } from "./removal";
import { withoutOtherRegions } from "./removal/other-regions";

interface Options {
  suffix: string;
  region: string;
  local?: boolean;
  delete?: boolean;
  yes?: boolean;
}

const command = new Command("npm run sweep --")
  .description(
    "Lists what exists of an environment in AWS, whether or not Pulumi knows of it. Ends with 0 if that is nothing, else with 1.",
  )
  .addOption(suffixOption().default(undefined).makeOptionMandatory())
  .option("--region <region>", "region of the environment", settings.region.default)
  .option("--local", "look in the local AWS instead of the account whose credentials the AWS SDK finds")
  .option("--delete", "remove all of it, data and backups included; the suffix must be typed first")
  .option("--yes", "with --delete: do not ask")
  .parse();

runCommand(async () => {
  const options = command.opts<Options>();
  const { suffix, region } = options;
  const config = asSweep(await target(options));
  const { Account = "", Arn = "" } = await new STSClient(config).send(new GetCallerIdentityCommand());
  const place = `account ${Account}, ${region}`;
  console.log(`In ${place}, as ${Arn}:`);

  const found = await look(config, suffix);
  if (found.length === 0) {
    console.log(`Nothing of "${suffix}" is left in ${place}.`);
    return;
  }
  const list = `Of "${suffix}" ${found.length} things are in ${place}:\n${describeLeftovers(found)}`;
  if (!options.delete) throw new UserError(`${list}\nRemove them: add --delete.`);
  console.log(list);
  if (!options.yes) {
    await confirm(`All of this is removed from ${place}, and does not come back. Type the suffix:`, suffix);
  }

  const failures = await removeAll(config, found);
  console.log("Looking again …");
  const left = await look(config, suffix);
  if (failures.length > 0) {
    throw new UserError(
      [
        `Stopped: ${found.length - left.length} of ${found.length} things are gone, and these would not go:`,
        describeFailures(failures),
        `Of "${suffix}" is left:\n${describeLeftovers(left)}`,
        "Clear the reasons and run the same command again to continue.",
      ].join("\n"),
    );
  }
  if (left.length > 0) {
    throw new UserError(
      `Of "${suffix}" is left:\n${describeLeftovers(left)}\nIt came or went late: run the same command again.`,
    );
  }
  console.log(`All ${found.length} things are gone: nothing of "${suffix}" is left in ${place}.`);
});

/** The local AWS, or the user's account. */
async function target({ local, region }: Options): Promise<ClientConfig> {
  if (!local) return accountConfig(region);
  const endpoint = await runningEndpoint(localFolder());
  if (!endpoint) throw new UserError("No local AWS runs, so nothing can be left in it.");
  return { ...clientConfig(endpoint), region };
}

async function look(config: ClientConfig, suffix: string): Promise<Found[]> {
  return withoutOtherRegions(config, await findLeftovers(config, suffix, console.log));
}
