import type { Connection, Reachability } from "../reachability";
import { columns } from "./columns";

export function reachabilityText({ connections, invocations, tiers }: Reachability): string[] {
  return [
    "  Subnets:",
    ...columns(
      [
        ["subnets", "way to the internet", "what stands in them"],
        ...tiers.map(({ internet, members, subnets }) => [subnets.join(" "), internet, members.join(", ")]),
      ],
      { indent: "    " },
    ),
    "",
    "  Connections; what is not here is refused:",
    ...columns(
      [
        ["from", "to", "port", "via"],
        ...connections.map((connection) => [connection.from, connection.to, connection.port, wayOf(connection)]),
      ],
      { indent: "    " },
    ),
    "",
    "  Functions are invoked by:",
    ...columns(
      invocations.map(({ by, function: name }) => [name, by]),
      { indent: "    " },
    ),
  ];
}

export function wayOf({ blocked, via }: Connection): string {
  return blocked === undefined ? via : `BLOCKED, ${blocked} (${via})`;
}
