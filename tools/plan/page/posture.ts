import { type Html, html, prose } from "../../page/html";
import { scrollingTable } from "../../page/table";
import type { JudgedRule, Posture, RuleResult } from "../posture";
import { findingsText, resultsText, wordOf } from "../text/posture";

export function postureSection({ clauses, operations, results, rules }: Posture): Html {
  const noted = rules.filter(({ result }) => result !== "pass" && result !== "unused");
  return html`<p>The ${rules.length} rules of <code>policy/</code>: ${resultsText(results)}.</p>
    ${rulesTable("Rules that are not simply kept", noted)}
    <details>
      <summary>All ${rules.length} rules</summary>
      ${rulesTable("All rules", rules)}
    </details>
    <h3>What of HIPAA's Security Rule the rules serve</h3>
    ${scrollingTable(
      "Clauses",
      ["Clause", "Title", "Rules"],
      clauses.map(
        ({ clause, results: of, title }) =>
          html`<tr>
            <td>${clause}</td>
            <td>${title}</td>
            <td>${resultsText(of)}</td>
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

const classes: Partial<Record<RuleResult, string>> = { pass: "good", fail: "bad" };

function rulesTable(label: string, rules: JudgedRule[]): Html {
  return scrollingTable(
    label,
    ["Result", "Severity", "Rule", "Asked for by", "Where it is not simply kept"],
    rules.map(
      (rule) =>
        html`<tr>
          <td class="${classes[rule.result] ?? ""}">${wordOf[rule.result]}</td>
          <td>${rule.severity}</td>
          <td><code>${rule.name}</code><br />${rule.description}</td>
          <td>${rule.controls.join(", ")}</td>
          <td>${prose(findingsText(rule))}</td>
        </tr>`,
    ),
  );
}
