import type { Found } from "../leftovers/inventory";
import type { ResourceState } from "../stack-commands";
import { adoptions } from "./adoption";

/** Alarms that an autoscaling policy brings along. */
const madeByAws = "TargetTracking-";

/** What exists in the cloud, is of a type that the program makes, and stands nowhere in the state: neither as a resource nor as something that AWS made for one. */
export function strangers(existing: Found[], resources: ResourceState[]): Found[] {
  const known = new Set<unknown>();
  const visit = (value: unknown) => {
    if (typeof value === "object" && value !== null) Object.values(value).forEach(visit);
    else known.add(value);
  };
  for (const { id, outputs } of resources) {
    known.add(id);
    visit(outputs);
  }
  return existing.filter(({ id, type }) => type in adoptions && !known.has(id) && !id.startsWith(madeByAws));
}
