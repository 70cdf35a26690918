import { setTimeout as sleep } from "node:timers/promises";
import { IAMClient, paginateListRoles } from "@aws-sdk/client-iam";
import { apiGatewayAccountRoleName } from "../../lib/api-gateway-account";
import { collect } from "../../tools/leftovers/inventory";
import type { Operation } from "../../tools/engine";
import type { Cloud } from "../e2e/cloud";
import type { Undisturbed } from "./cycles";
import { mustBeGone, mustEqual, mustSucceed, portrait } from "./lap";
import type { Results } from "./table";

/** Creates and destroys environments of one suffix, one after another. */
export async function rounds(
  results: Results,
  cloud: Cloud,
  options: { suffix: string; rounds: number; reference: Promise<Undisturbed> },
): Promise<void> {
  const { suffix, rounds: count, reference } = options;
  const environment = cloud.environment(suffix);
  for (let round = 1; round <= count; round++) {
    const passed = await results.point("rounds of one suffix", `${suffix}, round ${round}`, async () => {
      mustSucceed(await environment.up(), "up");
      mustEqual(await portrait(environment, {}), (await reference).created);
      mustSucceed(await environment.destroy(), "destroy");
      await mustBeGone(environment);
      await environment.engine.remove();
    });
    // What is left would not be created again.
    if (!passed) break;
  }
}

/** Creates and destroys environments of several suffixes in one account at the same time. */
export async function sideBySide(
  results: Results,
  cloud: Cloud,
  options: { suffixes: string[]; reference: Promise<Undisturbed> },
): Promise<void> {
  const { suffixes, reference } = options;
  const environments = suffixes.map((suffix) => cloud.environment(suffix));
  const each = (what: string, work: (index: number) => Promise<void>) =>
    Promise.all(
      environments.map(({ suffix }, index) => results.point(`suffixes at once: ${what}`, suffix, () => work(index))),
    );
  const at = (index: number) => {
    const environment = environments[index];
    if (!environment) throw new Error(`there is no environment ${index}`);
    return environment;
  };
  const firstUp = at(0).up();
  await each("up", async (index) => {
    // Of two first environments of an account, one would find that the other has made what they share (docs/troubleshooting.md).
    if (index > 0) await accountIsPrepared(cloud, firstUp);
    mustSucceed(await (index > 0 ? at(index).up() : firstUp), "up");
    mustEqual(await portrait(at(index), {}), (await reference).created);
  });
  await each("destroy", async (index) => {
    mustSucceed(await at(index).destroy(), "destroy");
    await mustBeGone(at(index));
    await at(index).engine.remove();
  });
}

/** Waits until the first environment has made the account's role, as long as its `up` is at work. */
async function accountIsPrepared(cloud: Cloud, firstUp: Promise<Operation>): Promise<void> {
  const client = new IAMClient(cloud.config);
  for (let ended = false; ;) {
    const roles = await collect(paginateListRoles({ client }, {}), (page) => page.Roles);
    if (roles.some(({ RoleName }) => RoleName === apiGatewayAccountRoleName)) return;
    if (ended) throw new Error(`the first environment's up has ended without making ${apiGatewayAccountRoleName}`);
    ended = await Promise.race([firstUp.then(() => true), sleep(500, false)]);
  }
}
