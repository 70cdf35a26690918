import type { Registered } from "../program";
import { costAtRest } from "./cost-at-rest";
import { costOfRequests, costOfUsers, type UserCost } from "./cost-of-use";
import { type Price, pricedRegion, prices } from "./prices";
import { Stack } from "./resources";

/** What AWS charges for a stack, in USD before tax, by list prices. */
export interface Cost {
  /** Region whose prices these are. */
  region: string;
  /** A month without a request. */
  atRest: CostTable;
  /** What a million requests add, by assumptions that the items name. */
  perMillionRequests: CostTable;
  /** What users add, whose number nobody knows. */
  users: UserCost[];
  /** What is charged and cannot be told here, because no price is known. */
  withoutPrice: string[];
  /** What is charged by traffic that depends on the use, and is not in these figures. */
  notCounted: string[];
}

export interface CostTable {
  usd: number;
  byComponent: { component: string; usd: number }[];
  items: CostItem[];
}

export interface CostItem {
  /** Class of the component that it belongs to. */
  component: string;
  what: string;
  quantity: number;
  /** What the quantity counts. */
  unit: string;
  price: Price;
  usd: number;
}

/** An item before it is known to which component it belongs. */
export type Charge = Omit<CostItem, "component" | "usd">;

/** What a resource is charged for; a text where no price is known. */
export type Charges = (Charge | string)[];

const notCounted = [
  "data to the internet and between zones, and through NAT gateways",
  "backups of the database beyond its size, and snapshots of Redis",
  "Container Insights' metrics, and metrics and logs of tasks",
  "storage that the database has grown by",
  "calls of KMS and Secrets Manager, and a USD a month for each of the first two rotations of a key",
  `the records service's own metrics, ${prices.customMetric.usd} USD each in a month in which it counts them: CacheHits, CacheMisses, CacheLoads, CacheFailures, AuditLogFailures`,
];

const notCountedOfTrail =
  "the trail's files and its log of other calls than the functions', and all of these calls once more where the account has another trail";

export function costOf(resources: Registered[]): Cost {
  const stack = new Stack(resources);
  const atRest = stack.inCloud.map((resource) => [resource, costAtRest(resource, stack)] as const);
  return {
    region: pricedRegion,
    atRest: tableOf(stack, atRest),
    perMillionRequests: tableOf(
      stack,
      stack.inCloud.map((resource) => [resource, costOfRequests(resource, stack)] as const),
    ),
    users: costOfUsers(stack),
    withoutPrice: atRest.flatMap(([, charges]) => charges.filter((charge) => typeof charge === "string")),
    notCounted: [...notCounted, ...stack.ofType("aws:cloudtrail/trail:Trail").map(() => notCountedOfTrail)],
  };
}

function tableOf(stack: Stack, charged: (readonly [Registered, Charges])[]): CostTable {
  const items = charged.flatMap(([resource, charges]) =>
    charges
      .filter((charge) => typeof charge !== "string")
      .map((charge) => ({
        component: stack.componentOf(resource),
        ...charge,
        usd: charge.quantity * charge.price.usd,
      })),
  );
  const components = [...new Set(items.map(({ component }) => component))];
  const byComponent = components.map((component) => ({
    component,
    usd: sum(items.filter((item) => item.component === component)),
  }));
  return { usd: sum(items), byComponent: byComponent.sort((one, other) => other.usd - one.usd), items };
}

const sum = (items: CostItem[]) => items.reduce((total, { usd }) => total + usd, 0);
