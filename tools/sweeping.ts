import { UserError } from "./cli";
import { confirm } from "./confirmation";
import { explanation } from "./explanation";
import { describeLeftovers, findLeftovers } from "./leftovers";
import type { ClientConfig, Found } from "./leftovers/inventory";
import { withoutOtherRegions } from "./leftovers/other-regions";
import { withLateProgress } from "./progress";
import { describeFailures, describeProtected, removeAll } from "./removal";

/** Something is left, and known to be. */
export class LeftError extends UserError {}

export interface Sweep {
  config: ClientConfig;
  suffix: string;
  /** Account and region, for people. */
  place: string;
  delete?: boolean;
  yes?: boolean;
}

/**
 * Says what exists of an environment, and removes it where told to.
 * @throws LeftError where something is left; any other error where that cannot be told
 */
export async function sweep({ config, place, suffix, ...options }: Sweep): Promise<void> {
  const found = await look(config, suffix);
  if (found.length === 0) {
    console.log(`Nothing of "${suffix}" is left in ${place}.`);
    return;
  }
  const list = `Of "${suffix}" ${found.length} things are in ${place}:\n${describeLeftovers(found)}`;
  if (!options.delete) throw new LeftError(`${list}\nRemove them: add --delete.`);
  console.log(list);
  const refusal = describeProtected(found);
  if (refusal !== undefined) throw new LeftError(refusal);
  if (!options.yes) await confirmed(suffix, place);
  await remove(config, suffix, found);
  console.log(`All ${found.length} things are gone: nothing of "${suffix}" is left in ${place}.`);
}

async function look(config: ClientConfig, suffix: string): Promise<Found[]> {
  const found = await findLeftovers(config, suffix, console.log);
  return withLateProgress("Asking which roles and policies are of another region", () =>
    withoutOtherRegions(config, found),
  );
}

async function confirmed(suffix: string, place: string): Promise<void> {
  try {
    await confirm(`All of this is removed from ${place}, and does not come back. Type the suffix:`, suffix);
  } catch (error) {
    throw error instanceof UserError ? new LeftError(error.message) : error;
  }
}

async function remove(config: ClientConfig, suffix: string, found: Found[]): Promise<void> {
  const failures = await removeAll(config, found);
  console.log("Looking again …");
  const left = await look(config, suffix).catch((error: unknown) => {
    if (failures.length === 0) throw error;
    // Why it has stopped is known, whatever keeps AWS from being asked again.
    throw new LeftError(
      `Stopped, as these would not go:\n${describeFailures(failures)}\nWhat else is left cannot be told. ${reasonOf(error)}`,
    );
  });
  if (failures.length > 0) {
    throw new LeftError(
      [
        `Stopped: ${found.length - left.length} of ${found.length} things are gone, and these would not go:`,
        describeFailures(failures),
        `Of "${suffix}" is left:\n${describeLeftovers(left)}`,
        "Clear the reasons and run the same command again to continue.",
      ].join("\n"),
    );
  }
  if (left.length > 0) {
    throw new LeftError(
      `Of "${suffix}" is left:\n${describeLeftovers(left)}\nIt came or went late: run the same command again.`,
    );
  }
}

function reasonOf(error: unknown): string {
  return explanation(error) ?? (error instanceof Error ? error.message : String(error));
}
