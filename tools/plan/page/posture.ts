import { type Html, html } from "../../page/html";
import { scrollingTable } from "../../page/table";
import type { Posture } from "../posture";

export function postureSection({ facts, operations }: Posture): Html {
  return html`${scrollingTable(
      "Security posture",
      ["", "Area", "What", "Says"],
      facts.map(
        ({ area, holds, says, subject }) =>
          html`<tr>
            <td class="${holds ? "good" : "bad"}">${holds ? "ok" : "not ok"}</td>
            <td>${area}</td>
            <td>${subject}</td>
            <td>${says}</td>
          </tr>`,
      ),
    )}
    <h3>Who may call the API's operations</h3>
    ${scrollingTable(
      "Operations",
      ["Operation", "Scope of the access token"],
      operations.map(
        ({ method, path, scopes }) =>
          html`<tr>
            <td><code>${method} ${path}</code></td>
            <td>${scopes.join(", ") || "none: anybody"}</td>
          </tr>`,
      ),
    )}`;
}
