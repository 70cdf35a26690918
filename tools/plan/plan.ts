import { type Cost, costOf } from "./cost";
import { type CriticalPath, criticalPath } from "./critical-path";
import type { Difference } from "./difference";
import { type Posture, postureOf } from "./posture";
import { type Reachability, reachability } from "./reachability";
import type { RegisteredStack } from "./register-stack";
import { planTree, type Tree } from "./tree";

/** Parts of a plan, in the order in which they are shown. */
export const sections = ["difference", "critical-path", "cost", "reachability", "posture", "tree"] as const;

export type Section = (typeof sections)[number];

/** What a reviewer should know of a stack before it is deployed: what `npm run plan -- --json` writes. */
export interface Plan {
  /** Version of this shape: raised when a member changes its meaning or goes. */
  format: 2;
  stack: string;
  totals: Totals;
  /** Only where there is something to compare with. */
  difference?: Difference & { from: string };
  criticalPath: CriticalPath;
  cost: Cost;
  reachability: Reachability;
  posture: Posture;
  tree: Tree;
}

export interface Totals {
  /** In the cloud; components and providers are not counted. */
  resources: number;
  components: number;
  /** Seconds of a first deployment. */
  creationSeconds: number;
  /** USD a month without a request. */
  monthlyUsd: number;
  /** USD that a million requests add. */
  millionRequestsUsd: number;
  /** What the internet reaches. */
  reachedFromInternet: string[];
  /** Rules of policy/ that are violated. */
  violatedRules: number;
}

export function planOf({ resources, stack }: RegisteredStack, compared?: Plan["difference"]): Plan {
  const [path, cost, network, posture, tree] = [
    criticalPath(resources),
    costOf(resources),
    reachability(resources),
    postureOf(resources),
    planTree(resources),
  ];
  const entries = network.connections.filter(({ blocked, from }) => from === "internet" && blocked === undefined);
  return {
    format: 2,
    stack,
    totals: {
      resources: tree.total,
      components: resources.filter(({ type }) => type.startsWith("tap:")).length,
      creationSeconds: path.total,
      monthlyUsd: cost.atRest.usd,
      millionRequestsUsd: cost.perMillionRequests.usd,
      reachedFromInternet: entries.map(({ to }) => to),
      violatedRules: posture.results.fail,
    },
    ...(compared && { difference: compared }),
    criticalPath: path,
    cost,
    reachability: network,
    posture,
    tree,
  };
}
