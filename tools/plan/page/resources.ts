import { type Html, html } from "../../page/html";
import { scrollingTable } from "../../page/table";
import type { PageNode } from "./node";

/** Every resource, with a button that shows it in the graph. */
export function resourcesSection(nodes: PageNode[]): Html {
  const ordered = nodes
    .map((node, index) => ({ ...node, index }))
    .sort(
      (one, other) =>
        compare(one.component, other.component) ||
        compare(one.fullType, other.fullType) ||
        compare(one.name, other.name),
    );
  return scrollingTable(
    "Resources",
    ["Component", "Type", "Name", "Name in AWS", "Needs"],
    ordered.map(
      ({ component, fullType, index, name, needs, physicalName }) =>
        html`<tr>
          <td>${component}</td>
          <td>${fullType}</td>
          <td>
            <button type="button" data-go-to="${index}" aria-label="Show ${fullType} ${name} in the graph">
              ${name}
            </button>
          </td>
          <td>${physicalName}</td>
          <td class="number">${needs.length}</td>
        </tr>`,
    ),
  );
}

const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);
