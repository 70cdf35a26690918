import type { PolicyResource } from "./rule";

/**
 * What AWS puts together of other resources. A state holds it as a refresh has found it until the resource itself changes: it would refuse the very `up` that puts
 * those others right.
 */
const found: Record<string, string[]> = {
  "aws:ec2/routeTable:RouteTable": ["routes"],
  "aws:ec2/securityGroup:SecurityGroup": ["egress", "ingress"],
};

/** A resource of a deployment, without what nobody has set of it, but a refresh has found. */
export function withoutFound<Resource extends PolicyResource>(resource: Resource): Resource {
  const { inputs, references, type } = resource;
  const left = Object.entries(inputs).filter(([input]) => !found[type]?.includes(input) || input in references);
  return { ...resource, inputs: Object.fromEntries(left) };
}
