import { type Html, html } from "../../page/html";
import { scrollingTable } from "../../page/table";
import type { CriticalPath } from "../critical-path";
import { titleOfUrn } from "../resources";
import { clock, duration } from "../text/amounts";

export function criticalPathSection({ bound, longest, steps, total }: CriticalPath): Html {
  return html`<p>
      ${duration(total)}, if everything is created as early as it can be. ${titleOfUrn(longest.urn)} alone takes
      ${duration(longest.seconds)}, and ${duration(bound)} with what it needs.
    </p>
    ${scrollingTable(
      "Critical path",
      ["Begins after", "Takes", "Resource", "Where the time is from"],
      steps.map(
        ({ seconds, source, start, urn }) =>
          html`<tr>
            <td class="number">${clock(start)}</td>
            <td class="number">${duration(seconds)}</td>
            <td>${titleOfUrn(urn)}</td>
            <td>${source}</td>
          </tr>`,
      ),
    )}`;
}
