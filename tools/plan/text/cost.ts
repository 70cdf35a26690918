import type { Cost, CostTable } from "../cost";
import { amount, usd } from "./amounts";
import { columns, wrapped } from "./columns";

export function costText({ atRest, notCounted, perMillionRequests, region, users, withoutPrice }: Cost): string[] {
  return [
    `  USD before tax, list prices of ${region}.`,
    "",
    `  At rest, a month: ${usd(atRest.usd)}`,
    ...tableText(atRest),
    ...withoutPrice.map((line) => `    NOT IN IT: ${line}`),
    "",
    `  Per million requests: ${usd(perMillionRequests.usd)}`,
    ...tableText(perMillionRequests),
    "",
    ...users.map(({ what, price, usd: cost }) => `  ${what}: ${usd(cost)} (${price.usd} per ${price.per})`),
    ...wrapped(`Not counted: ${notCounted.join("; ")}.`, 98).map((line) => `  ${line}`),
    "",
    "  Where the prices are from (tools/plan/prices.ts):",
    ...priceSources([...atRest.items, ...perMillionRequests.items, ...users]),
  ];
}

function tableText({ byComponent, items }: CostTable): string[] {
  return columns(
    byComponent.map(({ component, usd: cost }) => [
      usd(cost),
      component,
      itemsText(items.filter((item) => item.component === component)),
    ]),
    { indent: "    ", right: [0] },
  );
}

/** Like items together: `2 keys` are one line. */
function itemsText(items: CostTable["items"]): string {
  const kinds = [...new Set(items.map(({ what }) => what))];
  return kinds
    .map((what) => {
      const alike = items.filter((item) => item.what === what);
      const quantity = alike.reduce((sum, item) => sum + item.quantity, 0);
      const cost = alike.reduce((sum, item) => sum + item.usd, 0);
      const unit = alike[0]?.unit ?? "";
      return `${what} ${usd(cost)} (${amount(quantity)}${unit ? ` ${unit}` : ""})`;
    })
    .join("; ");
}

function priceSources(items: { price: { page: string; source: string } }[]): string[] {
  const sources = [...new Set(items.map(({ price }) => price.source))].sort();
  return columns(
    sources.map((source) => [
      source,
      [...new Set(items.filter(({ price }) => price.source === source).map(({ price }) => price.page))]
        .sort()
        .join(" "),
    ]),
    { indent: "    " },
  );
}
