import type { PolicyResource } from "./rule";

export function ofType(stack: PolicyResource[], type: string): PolicyResource[] {
  return stack.filter((resource) => resource.type === type);
}

/** Whether an input's value comes from another resource. */
export function refersTo(resource: PolicyResource, input: string, target: PolicyResource): boolean {
  return (resource.references[input] ?? []).includes(target.urn);
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
