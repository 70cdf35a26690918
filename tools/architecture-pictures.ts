import { withGenerated } from "./generated-section";
import type { Registered } from "./program";

/** A document with its pictures brought up to date, drawn from what the program registers. */
export function withPictures(document: string, resources: Registered[]): string {
  const withComponents = withGenerated(document, "components", mermaid(componentArrows(resources)));
  return withGenerated(withComponents, "network", mermaid(networkArrows(resources)));
}

/** `a --> b` where a resource of component a needs one of component b. */
export function componentArrows(resources: Registered[]): string[] {
  const component = new Map(resources.map((resource) => [resource.urn, componentOf(resource, resources)]));
  const arrows = resources.flatMap(({ urn, dependencies }) =>
    dependencies.map((dependency) => [component.get(urn), component.get(dependency)] as const),
  );
  return distinct(
    arrows.filter(([from, to]) => from && to && from !== to).map(([from = "", to = ""]) => `${from} --> ${to}`),
  );
}

/** `a -->|port| b` where a security group's rules let a connect to b. */
export function networkArrows(resources: Registered[]): string[] {
  const groups = new Map(
    resources
      .filter(({ type }) => type === "aws:ec2/securityGroup:SecurityGroup")
      .map(({ name }) => [`<${name}>`, name]),
  );
  const rules = resources.filter(({ type }) => type === "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule");
  return distinct(
    rules.map(({ inputs }) => {
      const { securityGroupId, referencedSecurityGroupId, prefixListId, fromPort } = inputs;
      const from = groups.get(String(securityGroupId)) ?? String(securityGroupId);
      const to =
        groups.get(String(referencedSecurityGroupId)) ?? (prefixListId ? "S3" : 'AWS_APIs["AWS APIs, by NAT"]');
      return `${from} -->|${String(fromPort)}| ${to}`;
    }),
  );
}

/** Name of the component directly under the stack that a resource belongs to; undefined for the stack, its root and providers. */
function componentOf({ type, name, parent }: Registered, resources: Registered[]): string | undefined {
  if (type.startsWith("pulumi:") || type === "tap:stack:TapStack") return undefined;
  const owner = resources.find((resource) => resource.urn === parent);
  if (type.startsWith("tap:")) return name;
  return owner && componentOf(owner, resources);
}

function mermaid(lines: string[]): string {
  return ["```mermaid", "flowchart LR", ...lines.map((line) => `  ${line}`), "```", ""].join("\n");
}

function distinct(lines: string[]): string[] {
  return [...new Set(lines)].sort();
}
