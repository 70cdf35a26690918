import type { Cloud } from "../e2e/cloud";
import { admitted, changeByHand, changeSecurityGroups, repairs, sorted, visibleDrift } from "../e2e/drift";
import type { Undisturbed } from "./cycles";
import { differences } from "./comparison";
import { mustBeGone, mustEqual, mustSucceed, portrait } from "./lap";
import type { Results } from "./table";

/** Changes an environment by hand, in ways that a refresh sees and in ways that it does not, and repairs it as documented. */
export async function drift(
  results: Results,
  cloud: Cloud,
  { suffix, reference }: { suffix: string; reference: Promise<Undisturbed> },
): Promise<void> {
  const environment = cloud.environment(suffix);
  const asBefore = async () => {
    mustEqual(await portrait(environment, {}), (await reference).created);
  };
  await results.point("changed by hand: seen by a refresh", suffix, async () => {
    mustSucceed(await environment.up(), "up");
    await changeByHand(cloud.config, suffix);
    const refresh = await environment.refresh();
    mustSucceed(refresh, "refresh");
    mustBe(visibleDrift, sorted(refresh.drift));
    const up = await environment.up();
    mustSucceed(up, "the repairing up");
    mustBe(repairs, sorted(up.steps.map(({ op, type, name }) => `${op} ${type} ${name}`)));
    await asBefore();
  });
  await results.point("changed by hand: security groups", suffix, async () => {
    const before = await admitted(cloud.config, suffix);
    await changeSecurityGroups(cloud.config, suffix);
    await environment.recover();
    mustSucceed(await environment.up(), "the repairing up");
    mustBe(before, await admitted(cloud.config, suffix));
    await asBefore();
  });
  await results.point("changed by hand: destroy", suffix, async () => {
    mustSucceed(await environment.destroy(), "destroy");
    await mustBeGone(environment);
  });
}

function mustBe(wanted: unknown, actual: unknown): void {
  const found = differences({ it: wanted }, { it: actual });
  if (found.length > 0) throw new Error(`wanted, found: ${found.join("\n")}`);
}
