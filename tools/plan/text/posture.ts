import type { JudgedRule, Posture, RuleResult } from "../posture";
import { columns } from "./columns";

export function postureText({ clauses, operations, results, rules }: Posture): string[] {
  return [
    `  The ${rules.length} rules of policy/: ${resultsText(results)}.`,
    ...(["fail", "accepted", "unknown"] as const).flatMap((result) => rulesText(rules, result)),
    "",
    "  What of HIPAA's Security Rule they serve:",
    ...columns(
      clauses.map(({ clause, results: of, title }) => [clause, title, resultsText(of)]),
      { indent: "    " },
    ),
    "",
    "  Who may call the API's operations:",
    ...columns(
      operations.map(({ method, path, scopes }) => [scopes.join(", ") || "anybody", method, path]),
      { indent: "    " },
    ),
  ];
}

/** How people say a result. */
export const wordOf: Record<RuleResult, string> = {
  fail: "violated",
  pass: "kept",
  accepted: "knowingly not kept",
  unknown: "known at the deployment",
  unused: "about nothing here",
};

/** `118 kept, 8 knowingly not kept`: what there is of each result. */
export function resultsText(results: Record<RuleResult, number>): string {
  return Object.entries(wordOf)
    .map(([result, word]) => ({ count: results[result as RuleResult], word }))
    .filter(({ count }) => count > 0)
    .map(({ count, word }) => `${count} ${word}`)
    .join(", ");
}

function rulesText(rules: JudgedRule[], result: RuleResult): string[] {
  const shown = rules.filter((rule) => rule.result === result);
  if (shown.length === 0) return [];
  const rows = shown.map((rule) => [rule.severity, rule.name, findingsText(rule)]);
  return ["", `  These are ${wordOf[result]}:`, ...columns(rows, { indent: "    " })];
}

/** Where a rule is not simply kept, and what to do about it or why it is accepted. */
export function findingsText({ exception, findings, remedy, result }: JudgedRule): string {
  const found = findings
    .filter((finding) => finding.result === result)
    .map(({ resource, violations }) => [resource, violations.join("; ")].filter(Boolean).join(": "));
  const more = { fail: remedy, accepted: exception ?? "" }[result as string] ?? "";
  return [found.join("; "), more].filter(Boolean).join(". ");
}
