import { physicalName } from "../physical-name";
import type { Registered } from "../program";
import { shortType, titleOf } from "./resources";
import { columns, width, wrapped } from "./text/columns";

/** Everything that is registered, as it belongs together. */
export interface Tree {
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

/** In stable order. */
export function planTree(registered: Registered[]): Tree {
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

/** As a tree of components, each resource with its type, names and dependencies, and the counts below. */
export function treeText({ counts, resources, total }: Tree): string[] {
  const names = new Map(resources.map((resource) => [resource.urn, titleOf(resource)]));
  const lines: string[] = [];
  const render = (parent: string, indent: string) => {
    for (const resource of resources.filter((candidate) => candidate.parent === parent)) {
      const { dependencies, name, physicalName: physical, type, urn } = resource;
      const needs = dependencies.map((dependency) => names.get(dependency) ?? dependency);
      const title = [shortType(type), name, physical && `"${physical}"`].filter(Boolean).join("  ");
      const text = `${title}${needs.length > 0 ? `  <- ${needs.join(", ")}` : ""}`;
      const [first = "", ...others] = wrapped(text, width - indent.length - 4);
      lines.push(`${indent}${first}`, ...others.map((line) => `${indent}    ${line}`));
      render(urn, `${indent}  `);
    }
  };
  render("", "");
  const table = Object.entries(counts).map(([type, count]) => [String(count), shortType(type)]);
  return [...lines, "", ...columns([...table, [String(total), "in total"]], { indent: "", right: [0] })];
}
