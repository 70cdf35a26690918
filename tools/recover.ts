/** `npm run recover`: makes a stack usable again after a run of Pulumi that was killed, or that AWS's answers did not reach. */
import { Command } from "commander";
import { patientConfig } from "./aws-environment";
import { runCommand, UserError } from "./cli";
import { confirm } from "./confirmation";
import { describeLeftovers } from "./leftovers";
import type { ClientConfig, Found } from "./leftovers/inventory";
import { findPulumi } from "./pulumi-cli";
import { refuseOtherAccount } from "./recovery/account";
import { exported } from "./recovery/exported";
import { releaseDeadLock } from "./recovery/lock";
import { adoptMissing } from "./recovery/missing";
import { strangers } from "./recovery/orphans";
import { adoptPending, existingOf, providerOf, takeOver } from "./recovery/pending";
import {
  describeRule,
  foreignRules,
  groupsIn,
  isRule,
  revoke,
  rulesOf,
  withoutLostRules,
} from "./recovery/security-group-rules";
import { describeFailures, describeProtected, removeAll } from "./removal";
import type { Deployment } from "./stack-commands";
import { UserStack } from "./user-stack";

const command = new Command("npm run recover --")
  .description(
    "Makes a stack usable again after a killed or failed run: releases its lock, takes what exists in AWS into its state, and drops what does not.",
  )
  .requiredOption("--stack <name>", "stack in the backend that you are logged in to")
  .option("--unlock", "release the lock whoever holds it: only if that run is dead for certain")
  .option(
    "--delete",
    "remove what exists of the environment beside the state and the program, once the stack's name is typed",
  )
  .option("--yes", "with --delete: do not ask")
  .parse();

interface Options {
  stack: string;
  unlock?: boolean;
  delete?: boolean;
  yes?: boolean;
}

runCommand(async () => {
  const options = command.opts<Options>();
  const { stack: name, unlock } = options;
  const stack = new UserStack(await findPulumi(), name);
  const { resources = [] } = await exported(stack);
  const provider = providerOf(resources);
  const config = provider && patientConfig(provider.region);
  if (config) await refuseOtherAccount(name, resources, config);

  if (unlock) await stack.unlock();
  const killed = unlock ?? (await releaseDeadLock(stack, resources));
  if (!config) {
    console.log(`"${name}" has nothing in AWS. Run the command that was cut off again.`);
    return;
  }
  // Read again, as taking the lock encrypts the secrets anew.
  let state = await stack.export();
  if (state.pending_operations !== undefined) {
    await adoptPending(stack, state, config);
    state = await stack.export();
  } else if (state.resources?.some(({ initErrors = [] }) => initErrors.length > 0)) {
    console.log("The last run made resources that it could not make ready: reading what they are …");
    await takeOver(stack, state, state.resources, config);
    state = await stack.export();
  }
  const existing = await existingOf(state.resources ?? [], config);
  let unknown = strangers(existing, state.resources ?? []);
  // A killed engine has told what it was creating; a failed one may not have heard that it did.
  if (!killed || unknown.length > 0) {
    state = await adoptMissing(stack, state, { config, existing });
    unknown = strangers(unknown, state.resources ?? []);
  }
  await restoreSecurityGroups(stack, state, config);
  await removeUnknown(
    unknown.filter(({ type }) => !isRule(type)),
    config,
    options,
  );
  console.log(`The state of "${name}" says what exists. Run the command that was cut off again.`);
});

/** What AWS made twice, as its first answer was lost. */
async function removeUnknown(unknown: Found[], config: ClientConfig, options: Options): Promise<void> {
  if (unknown.length === 0) return;
  console.log(`In AWS, but neither in the state nor in the program:\n${describeLeftovers(unknown)}`);
  if (!options.delete) {
    console.log("They cost money until they are removed: add --delete.");
    return;
  }
  const refusal = describeProtected(unknown);
  if (refusal !== undefined) throw new UserError(refusal);
  if (!options.yes) {
    await confirm("All of this is removed, and does not come back. Type the stack's name:", options.stack);
  }
  const failures = await removeAll(config, unknown);
  if (failures.length > 0) {
    throw new UserError(`These would not go:\n${describeFailures(failures)}`);
  }
}

/** Neither `refresh` nor `up` sees rules that others have added to a group, and `refresh` fails where one of the program's own is gone. */
async function restoreSecurityGroups(stack: UserStack, state: Deployment, config: ClientConfig): Promise<void> {
  const { resources = [] } = state;
  const rules = await rulesOf(groupsIn(resources), config);
  const kept = withoutLostRules(resources, rules);
  if (kept.length < resources.length) {
    console.log(`${resources.length - kept.length} rules of security groups are gone; the next up makes them again.`);
    await stack.import({ ...state, resources: kept }, state);
  }
  const foreign = foreignRules(resources, rules);
  if (foreign.length === 0) return;
  console.log(`Revoked, as the program has no such rules:\n${foreign.map(describeRule).join("\n")}`);
  await revoke(foreign, config);
}
