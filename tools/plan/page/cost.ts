import { type Html, html } from "../../page/html";
import { scrollingTable } from "../../page/table";
import type { Cost, CostTable } from "../cost";
import { amount, usd } from "../text/amounts";

export function costSection({ atRest, notCounted, perMillionRequests, region, users, withoutPrice }: Cost): Html {
  return html`<p>
      USD before tax, by list prices of ${region}. Prices change: each names its page and when it was read.
    </p>
    <h3>At rest, a month: ${usd(atRest.usd)}</h3>
    ${withoutPrice.map((line) => html`<p class="bad">Not in it: ${line}.</p>`)}
    ${componentTable("Cost at rest by component", atRest)} ${itemTable("Cost at rest by item", atRest)}
    <h3>Per million requests: ${usd(perMillionRequests.usd)}</h3>
    ${componentTable("Cost of requests by component", perMillionRequests)}
    ${itemTable("Cost of requests by item", perMillionRequests)}
    <h3>Users</h3>
    ${users.map(({ price, usd: cost, what }) => html`<p>${what}: ${usd(cost)} (${price.usd} per ${price.per}).</p>`)}
    <p class="quiet">Not counted: ${notCounted.join("; ")}.</p>`;
}

function componentTable(label: string, { byComponent, usd: total }: CostTable): Html {
  return scrollingTable(
    label,
    ["Component", "USD", "Share"],
    [
      ...byComponent.map(
        ({ component, usd: cost }) =>
          html`<tr>
            <td>${component}</td>
            <td class="number">${usd(cost)}</td>
            <td class="number">${((cost / total) * 100).toFixed(0)} %</td>
          </tr>`,
      ),
    ],
  );
}

function itemTable(label: string, { items }: CostTable): Html {
  return html`<details>
    <summary>${items.length} items</summary>
    ${scrollingTable(
      label,
      ["Component", "What", "Quantity", "Price", "USD", "Read"],
      items.map(
        ({ component, price, quantity, unit, usd: cost, what }) =>
          html`<tr>
            <td>${component}</td>
            <td>${what}</td>
            <td class="number">${amount(quantity)} ${unit}</td>
            <td>${price.usd} per ${price.per}</td>
            <td class="number">${usd(cost)}</td>
            <td><a href="${price.page}" rel="noreferrer">${price.source}</a></td>
          </tr>`,
      ),
    )}
  </details>`;
}
