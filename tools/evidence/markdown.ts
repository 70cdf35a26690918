import { markdownTable } from "../markdown-table";
import type { ClauseEvidence, ControlEvidence, Evidence, Results } from "./report";

/** The report for people, in GitHub's Markdown. */
export function renderEvidence(evidence: Evidence): string {
  return [
    "# Evidence of technical safeguards",
    "",
    ...introduction(evidence),
    "",
    "## Summary",
    "",
    markdownTable(
      ["clause", "", "passed", "failed", "accepted", "unknown"],
      evidence.clauses.map(({ clause, title, results }) => [link(clause), title, ...figures(results)]),
    ),
    "",
    ...evidence.clauses.flatMap(section),
    ...notExamined(evidence),
    "## Not shown here",
    "",
    ...evidence.elsewhere.map(({ clause, title, where }) => `- **${clause} ${title}**: ${where}`),
    "",
  ].join("\n");
}

/** How many judgements there are of each kind, in a line. */
export function summarize({ accepted, fail, pass, unknown }: Results): string {
  return `${pass} passed, ${fail} failed, ${accepted} accepted, ${unknown} unknown`;
}

function introduction({ made, results, source }: Evidence): string[] {
  const origin =
    source.kind === "deployed"
      ? `a deployed stack, from its state \`${source.name}\` (SHA-256 \`${source.sha256 ?? ""}\`)`
      : `what would be deployed for the stack \`${source.name}\``;
  return [
    `Of ${origin}; made ${made}. In total: ${summarize(results)}.`,
    "",
    ...(source.pending?.length
      ? [`**Interrupted**, so that AWS may have something else than the state: ${source.pending.join(", ")}.`, ""]
      : []),
    "Each clause of HIPAA's Security Rule (45 CFR Part 164, Subpart C) is followed by the rules that serve it, each with AWS's controls for the same (FSBP: AWS Foundational Security",
    "Best Practices v1.0.0), and by the resources that it was held against. *Accepted* is a violation with a documented reason; *unknown* is decided by what cannot be read here.",
  ];
}

/** What no result speaks of. */
function notExamined({ notExamined: names }: Evidence): string[] {
  if (names.length === 0) return [];
  return [
    "## Not examined",
    "",
    "The stack has nothing that these rules are about:",
    "",
    ...names.map((name) => `- ${name}`),
    "",
  ];
}

function section({ clause, controls, results, title }: ClauseEvidence): string[] {
  return [`## ${clause}`, "", `${title}: ${summarize(results)}.`, "", ...controls.flatMap(subsection)];
}

function subsection(control: ControlEvidence): string[] {
  const { awsControls, description, enforcement, exception, name, remedy, resources, severity } = control;
  const controls = awsControls.map(({ id, subject }) => `${id} (${subject})`);
  return [
    `### ${name}`,
    "",
    `${description} ${sentence(severity)} severity, ${enforcement}.${controls.length > 0 ? ` ${controls.join(", ")}.` : ""}`,
    ...(resources.some(({ result }) => result === "fail") ? ["", `**Remedy**: ${remedy}`] : []),
    ...(exception && resources.some(({ result }) => result === "accepted") ? ["", `**Accepted**: ${exception}`] : []),
    "",
    resources.length === 0
      ? "The stack has nothing that this is about."
      : markdownTable(
          ["result", "resource", "type", "found"],
          resources.map(({ name: resource, result, type, violations }) => [
            result,
            resource,
            type,
            violations.join("; "),
          ]),
        ),
    "",
  ];
}

function figures({ accepted, fail, pass, unknown }: Results): string[] {
  return [pass, fail, accepted, unknown].map(String);
}

/** To the heading of a clause, in the form in which GitHub names it. */
function link(clause: string): string {
  return `[${clause}](#${clause
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, "")
    .replaceAll(" ", "-")})`;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
