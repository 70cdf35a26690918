import type { PolicyResource } from "./rule";
import { isPresent, unlessHidden } from "./values";

export function ofType(stack: PolicyResource[], type: string): PolicyResource[] {
  return stack.filter((resource) => resource.type === type);
}

/** Whether an input's value comes from another resource. */
export function refersTo(resource: PolicyResource, input: string, target: PolicyResource): boolean {
  return (resource.references[input] ?? []).includes(target.urn);
}

/** Whether the program sets an input. What AWS sets is hidden in a preview, and comes from no resource. */
export function isChosen({ inputs, references }: PolicyResource, input: string): boolean {
  return (references[input] ?? []).length > 0 || unlessHidden(() => isPresent(inputs[input]), false);
}

/** The resources of a type whose input's value comes from another resource. */
export function referrers(
  stack: PolicyResource[],
  type: string,
  input: string,
  target: PolicyResource,
): PolicyResource[] {
  return ofType(stack, type).filter((resource) => refersTo(resource, input, target));
}

/** The resources of a type that an input's value comes from. */
export function referred(
  stack: PolicyResource[],
  resource: PolicyResource,
  input: string,
  type: string,
): PolicyResource[] {
  return ofType(stack, type).filter((target) => refersTo(resource, input, target));
}
