import type { ClientConfig, Found } from "../leftovers/inventory";
import { withProgress } from "../progress";
import type { Deployment, ResourceState } from "../stack-commands";
import { adopt, type RecoverableStack, takeOver, withAdopted } from "./pending";

/** A stack that tells what the program wants and its state lacks. */
export interface WantingStack extends RecoverableStack {
  export(): Promise<Deployment>;
  /** What the next `up` would create. */
  missing(): Promise<ResourceState[]>;
}

/**
 * Takes into the state what the program wants, and what exists although the state does not know it. Where something is found, what lies in it is looked for
 * next: a group's rules are known by the group, and would pass for somebody else's without it.
 */
export async function adoptMissing(
  stack: WantingStack,
  state: Deployment,
  cloud: { config: ClientConfig; existing: Found[] },
): Promise<Deployment> {
  const tried = new Set<string>();
  let current = state;
  for (;;) {
    const { resources = [] } = current;
    const missing = await withProgress("Asking Pulumi what the next up would create", () => stack.missing());
    const adopted = await adopt(
      missing.filter(({ urn }) => !tried.has(urn)),
      resources,
      cloud,
    );
    if (adopted.length === 0) return current;
    for (const { urn } of adopted) tried.add(urn);
    await takeOver(stack, current, withAdopted(resources, adopted), cloud.config);
    current = await stack.export();
    // What the refresh has dropped again does not exist, and nothing lies in it.
    const present = new Set(current.resources?.map(({ urn }) => urn));
    if (!adopted.some(({ urn }) => present.has(urn))) return current;
  }
}
