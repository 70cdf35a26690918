import type { Registered } from "../../program";
import { type CriticalPath, schedule } from "../critical-path";
import { physicalName } from "../../physical-name";
import { shortType, shown, Stack } from "../resources";
import type { PageNode } from "./node";

/** The resources in the cloud, each after what it needs. */
export function graphOf(resources: Registered[], { steps }: CriticalPath): PageNode[] {
  const stack = new Stack(resources);
  const times = schedule(resources);
  const ordered = inOrder(stack);
  const positions = new Map(ordered.map(({ urn }, index) => [urn, index]));
  const critical = new Set(steps.map(({ urn }) => urn));
  return ordered.map((resource) => {
    const { start = 0, seconds = 0, source = "" } = times.get(resource.urn) ?? {};
    return {
      component: stack.componentOf(resource),
      needs: resource.dependencies.flatMap((urn) => positions.get(urn) ?? []),
      type: resource.type.split(":").at(-1) ?? "",
      fullType: shortType(resource.type),
      name: resource.name,
      physicalName: physicalName(resource.inputs) ?? "",
      start,
      seconds,
      source,
      critical: critical.has(resource.urn),
      inputs: shown(resource.inputs),
    };
  });
}

function inOrder(stack: Stack): Registered[] {
  const ordered = new Set<Registered>();
  const add = (resource: Registered) => {
    if (ordered.has(resource)) return;
    for (const urn of resource.dependencies) {
      const need = stack.get(urn);
      if (need) add(need);
    }
    ordered.add(resource);
  };
  stack.inCloud.forEach(add);
  return [...ordered];
}
