import type { Plan, Section } from "./plan";
import { titleOfUrn } from "./resources";
import { duration, usd } from "./text/amounts";
import { columns } from "./text/columns";
import { costText } from "./text/cost";
import { criticalPathText } from "./text/critical-path";
import { differenceText } from "./text/difference";
import { postureText, resultsText } from "./text/posture";
import { reachabilityText } from "./text/reachability";
import { treeText } from "./tree";

const titles: Record<Section, string> = {
  difference: "Difference",
  "critical-path": "Critical path of a first deployment",
  cost: "Cost",
  reachability: "Who reaches whom",
  posture: "Security posture",
  tree: "Resources",
};

/** A plan for a terminal: the totals, and some sections. */
export function planText(plan: Plan, shown: Section[]): string {
  const bodies: Record<Section, string[]> = {
    difference: plan.difference ? differenceText(plan.difference) : [],
    "critical-path": criticalPathText(plan.criticalPath),
    cost: costText(plan.cost),
    reachability: reachabilityText(plan.reachability),
    posture: postureText(plan.posture),
    tree: treeText(plan.tree),
  };
  const parts = shown.filter((section) => bodies[section].length > 0);
  return [totalsText(plan), ...parts.map((section) => [titles[section], "", ...bodies[section]].join("\n"))].join(
    "\n\n",
  );
}

function totalsText({ cost, criticalPath, posture, stack, totals }: Plan): string {
  const { components, creationSeconds, millionRequestsUsd, monthlyUsd, reachedFromInternet, resources } = totals;
  return [
    `Stack "${stack}": ${resources} resources in ${components} components`,
    ...columns([
      [
        "created in",
        `${duration(creationSeconds)}, the longest being ${titleOfUrn(criticalPath.longest.urn)} with ${duration(criticalPath.longest.seconds)}`,
      ],
      ["costs", `${usd(monthlyUsd)} USD a month at rest, and ${usd(millionRequestsUsd)} USD per million requests`],
      ...cost.withoutPrice.map((line) => ["", line]),
      ["internet reaches", reachedFromInternet.join(", ") || "nothing"],
      ["rules", resultsText(posture.results)],
    ]),
  ].join("\n");
}
