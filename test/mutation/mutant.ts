import type { Recorded } from "../unit/recorder";
import { type Change, changed, classOf, titleOfChange } from "./change";

/** One change of one resource of a program. */
export interface Mutant {
  type: string;
  /** Logical name. */
  name: string;
  /** Class of the component that it belongs to. */
  component: string;
  change: Change;
}

/** Who is a mutant's resource: the one of its name, or, in a test that has other names, each one of its type in a component of its class. */
export type Match = "name" | "component";

export function titleOf({ type, name, component, change }: Mutant): string {
  return `${component} > ${classOf(type)} ${name}: ${titleOfChange(change)}`;
}

export function matches(mutant: Mutant, resource: Recorded, match: Match): boolean {
  return (
    resource.type === mutant.type &&
    componentOf(resource) === mutant.component &&
    (match === "component" || resource.name === mutant.name)
  );
}

/** What a program would have registered with a mutant. */
export function mutated(mutant: Mutant, recorded: Recorded[], match: Match): Recorded[] {
  return recorded.flatMap((resource) =>
    matches(mutant, resource, match) ? changed(resource, mutant.change) : [resource],
  );
}

export function componentOf({ parent }: Recorded): string {
  return parent.split(" ")[0] ?? "";
}
