import { type Html, html } from "../../page/html";
import { scrollingTable } from "../../page/table";
import type { Reachability } from "../reachability";
import { wayOf } from "../text/reachability";

export function reachabilitySection({ connections, invocations, tiers }: Reachability): Html {
  return html`<h3>Subnets</h3>
    ${scrollingTable(
      "Subnets",
      ["Subnets", "Blocks", "Way to the internet", "What stands in them"],
      tiers.map(
        ({ cidrBlocks, internet, members, subnets }) =>
          html`<tr>
            <td>${subnets.join(", ")}</td>
            <td>${cidrBlocks.join(", ")}</td>
            <td>${internet}</td>
            <td>${members.join(", ")}</td>
          </tr>`,
      ),
    )}
    <h3>Connections</h3>
    <p>What is not here is refused.</p>
    ${scrollingTable(
      "Connections",
      ["From", "To", "Port", "Via"],
      connections.map(
        (connection) =>
          html`<tr>
            <td>${connection.from}</td>
            <td>${connection.to}</td>
            <td>${connection.port}</td>
            <td class="${connection.blocked === undefined ? "" : "bad"}">${wayOf(connection)}</td>
          </tr>`,
      ),
    )}
    <h3>Functions</h3>
    ${scrollingTable(
      "Who invokes functions",
      ["Function", "Invoked by"],
      invocations.map(
        ({ by, function: name }) =>
          html`<tr>
            <td>${name}</td>
            <td>${by}</td>
          </tr>`,
      ),
    )}`;
}
