import { type Html, html } from "../../page/html";
import { scrollingTable } from "../../page/table";
import type { Change, DifferentResource } from "../difference";
import type { Plan } from "../plan";
import { shortType } from "../resources";

export function differenceSection({ added, changed, from, removed, unchanged }: NonNullable<Plan["difference"]>): Html {
  const row = (kind: string, resource: DifferentResource, changes: Change[]) =>
    html`<tr>
      <td>${kind}</td>
      <td>${resource.component}</td>
      <td>${shortType(resource.type)} ${resource.name}</td>
      <td>
        ${changes.map(({ after, before, path }) => html`<div><code>${path}</code>: ${valueText(before)} → ${valueText(after)}</div>`)}
      </td>
    </tr>`;
  return html`<p>
      Compared with ${from}: ${added.length} added, ${removed.length} removed, ${changed.length} changed, ${unchanged}
      unchanged.
    </p>
    ${scrollingTable(
      "Differences",
      ["", "Component", "Resource", "What differs"],
      [
        ...added.map((resource) => row("added", resource, [])),
        ...removed.map((resource) => row("removed", resource, [])),
        ...changed.map((resource) => row("changed", resource, resource.changes)),
      ],
    )}`;
}

function valueText(value: unknown): Html {
  return value === undefined ? html`nothing` : html`<code>${JSON.stringify(value)}</code>`;
}
