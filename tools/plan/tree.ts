import { physicalName } from "../physical-name";
import type { Registered } from "../program";

export interface Plan {
  resources: PlannedResource[];
  /** Resources of each type that exist in the cloud; components and providers are not counted. */
  counts: Record<string, number>;
  total: number;
}

export interface PlannedResource {
  urn: string;
  type: string;
  /** Logical name. */
  name: string;
  /** The name in AWS, for what has one. */
  physicalName?: string;
  parent: string;
  dependencies: string[];
}

/** The plan of a program that registered these resources, in stable order. */
export function planOf(registered: Registered[]): Plan {
  const inCloud = registered.filter(({ custom, type }) => custom && !type.startsWith("pulumi:"));
  const types = [...new Set(inCloud.map(({ type }) => type))].sort();
  return {
    resources: registered.map(({ urn, type, name, parent, dependencies, custom, inputs }) => ({
      urn,
      type,
      name,
      physicalName: custom ? physicalName(inputs) : undefined,
      parent,
      dependencies,
    })),
    counts: Object.fromEntries(
      types.map((type) => [type, inCloud.filter((resource) => resource.type === type).length]),
    ),
    total: inCloud.length,
  };
}

/** The plan as a tree of components, each resource with its type, names and dependencies, and the counts below. */
export function renderPlan({ counts, resources, total }: Plan): string {
  const names = new Map(resources.map(({ urn, name, type }) => [urn, `${type.split(":").at(-1) ?? ""} ${name}`]));
  const lines: string[] = [];
  const render = (parent: string, indent: string) => {
    for (const resource of resources.filter((candidate) => candidate.parent === parent)) {
      const { dependencies, name, physicalName: physical, type, urn } = resource;
      const needs = dependencies.map((dependency) => names.get(dependency) ?? dependency);
      const title = [shortType(type), name, physical && `"${physical}"`].filter(Boolean).join("  ");
      lines.push(`${indent}${title}${needs.length > 0 ? `  <- ${needs.join(", ")}` : ""}`);
      render(urn, `${indent}  `);
    }
  };
  render("", "");
  const width = String(total).length;
  const table = Object.entries(counts).map(([type, count]) => `${String(count).padStart(width)}  ${shortType(type)}`);
  return [...lines, "", ...table, `${total}  in total`].join("\n");
}

/** `aws:ec2/vpc:Vpc` as `aws:ec2:Vpc`, the way Pulumi shows it. */
function shortType(type: string): string {
  return type.replace(/\/[^:]+:/, ":");
}
