import { withGenerated } from "./generated-section";
import type { Cost, CostTable } from "./plan/cost";
import { usd } from "./plan/text/amounts";

/** A document with the costs of some stacks, by their names, brought up to date. */
export function withCostTable(document: string, costs: Record<string, Cost>): string {
  return withGenerated(document, "cost", costTable(costs));
}

/** USD by component and stack: at rest in a month, and per million requests. */
export function costTable(costs: Record<string, Cost>): string {
  const stacks = Object.keys(costs);
  const rows = (title: string, tables: CostTable[]) => [
    row(`**${title}**`, tables, ({ usd: total }) => `**${usd(total)}**`),
    ...[...new Set(tables.flatMap(({ byComponent }) => byComponent.map(({ component }) => component)))].map((name) =>
      row(name, tables, ({ byComponent }) => usd(byComponent.find(({ component }) => component === name)?.usd ?? 0)),
    ),
  ];
  return [
    `| | ${stacks.join(" | ")} |`,
    `| --- |${" ---: |".repeat(stacks.length)}`,
    ...rows(
      "At rest, a month",
      Object.values(costs).map(({ atRest }) => atRest),
    ),
    ...rows(
      "Per million requests",
      Object.values(costs).map(({ perMillionRequests }) => perMillionRequests),
    ),
    "",
  ].join("\n");
}

function row(title: string, tables: CostTable[], cell: (table: CostTable) => string): string {
  return `| ${[title, ...tables.map(cell)].join(" | ")} |`;
}
