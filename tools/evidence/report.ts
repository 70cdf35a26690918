import { awsControls, type AwsControl, type Clause, clauses, isClause } from "../../policy/controls";
import type { PolicyResource, Rule } from "../../policy/rule";
import { judge, type Judgement, rules } from "../../policy/rules";

/** Where the judged resources come from. */
export interface Source {
  /** `deployed` is a state of Pulumi's, `preview` what the program would register for a stack's file. */
  kind: "deployed" | "preview";
  /** The state's file, or the stack. */
  name: string;
  /** SHA-256 of the state's file, in hexadecimal; so that the report can be traced to it. */
  sha256?: string;
  /** What an interrupted run has left open in the state: `<operation> <URN>`. What is so may then not be as the state says. */
  pending?: string[];
}

/** What an auditor is shown: clause → control → resources → result. */
export interface Evidence {
  /** When it was made (ISO 8601). */
  made: string;
  source: Source;
  /** How many judgements of a rule over a resource have each result. */
  results: Results;
  clauses: ClauseEvidence[];
  /** Rules that judged nothing, as the stack has nothing that they are about, by name. */
  notExamined: string[];
  /** Clauses that this report says nothing about, and where to look instead. */
  elsewhere: { clause: string; title: string; where: string }[];
}

export type Results = Record<Judgement["result"], number>;

export interface ClauseEvidence {
  /** Of HIPAA's Security Rule, such as `45 CFR 164.312(b)`. */
  clause: Clause;
  title: string;
  results: Results;
  controls: ControlEvidence[];
}

/** One rule of `policy/`, with AWS's controls for the same. */
export interface ControlEvidence extends Pick<Rule, "name" | "description" | "severity" | "enforcement" | "remedy"> {
  awsControls: { id: AwsControl; subject: string }[];
  /** Why a violation is accepted where it is. */
  exception?: string;
  /** None where the stack has nothing that the rule is about. */
  resources: { urn: string; type: string; name: string; result: Judgement["result"]; violations: string[] }[];
}

/** The technical safeguards (45 CFR 164.312) that no setting of a resource shows. */
const elsewhere: Evidence["elsewhere"] = [
  {
    clause: "45 CFR 164.312(a)(2)(ii)",
    title: "Emergency access procedure",
    where: "docs/security.md and docs/operations.md",
  },
  {
    clause: "45 CFR 164.312(c)(2)",
    title: "Mechanism to authenticate electronic protected health information",
    where: "the daily schedule `audit-verification`, and `npm run operate -- verify-audit`",
  },
];

/** Holds resources, which are all of a stack's, against every rule. */
export function evidenceOf(resources: PolicyResource[], source: Source, made: Date): Evidence {
  const judged = rules.map((rule) => ({ rule, judgements: judge(rule, resources) }));
  return {
    made: made.toISOString(),
    source,
    results: count(judged.flatMap(({ judgements }) => judgements)),
    clauses: (Object.keys(clauses) as Clause[]).map((clause) => {
      const serving = judged.filter(({ rule }) => rule.controls.includes(clause));
      return {
        clause,
        title: clauses[clause],
        results: count(serving.flatMap(({ judgements }) => judgements)),
        controls: serving.map(({ rule, judgements }) => control(rule, judgements)),
      };
    }),
    notExamined: judged.filter(({ judgements }) => judgements.length === 0).map(({ rule }) => rule.name),
    elsewhere,
  };
}

/** Why a report is no proof that a stack keeps the rules; none if it is. */
export function shortcomingsOf(evidence: Evidence): string[] {
  const { pending = [] } = evidence.source;
  const violated = violatedRules(evidence);
  const open = mandatoryRulesWith("unknown", evidence);
  const unexamined = unexaminedClauses(evidence);
  return [
    ...(violated.length > 0 ? [`Mandatory rules are violated: ${violated.join(", ")}`] : []),
    ...(open.length > 0
      ? [
          `Whether mandatory rules are kept is open, as something that decides it cannot be read (unknown in the report): ${open.join(", ")}`,
        ]
      : []),
    ...(unexamined.length > 0 ? [`Nothing was judged for ${unexamined.join(", ")}: is the stack complete?`] : []),
    ...(pending.length > 0
      ? [`The state has operations that were interrupted, so that AWS may have something else: ${pending.join(", ")}`]
      : []),
  ];
}

/** The clauses for which no rule could say of any resource whether it is kept. */
function unexaminedClauses({ clauses: all }: Evidence): Clause[] {
  return all
    .filter(({ results: { accepted, fail, pass } }) => accepted + fail + pass === 0)
    .map(({ clause }) => clause);
}

/** The mandatory rules that a stack violates. */
export function violatedRules(evidence: Evidence): string[] {
  return mandatoryRulesWith("fail", evidence);
}

/** The mandatory rules of which at least one judgement is this. */
function mandatoryRulesWith(wanted: Judgement["result"], { clauses: all }: Evidence): string[] {
  const found = all
    .flatMap(({ controls }) => controls)
    .filter(({ enforcement, resources }) => {
      return enforcement === "mandatory" && resources.some(({ result }) => result === wanted);
    })
    .map(({ name }) => name);
  return [...new Set(found)].sort();
}

function control(rule: Rule, judgements: Judgement[]): ControlEvidence {
  const { controls, description, enforcement, exception, name, remedy, severity } = rule;
  return {
    name,
    description,
    severity,
    enforcement,
    remedy,
    awsControls: controls.flatMap((id) => (isClause(id) ? [] : [{ id, subject: awsControls[id] }])),
    ...(exception && { exception: exception.reason }),
    resources: judgements.map(({ resource, result, violations }) => ({
      urn: resource.urn,
      type: resource.type,
      name: resource.name,
      result,
      violations,
    })),
  };
}

function count(judgements: Judgement[]): Results {
  const results: Results = { pass: 0, fail: 0, accepted: 0, unknown: 0 };
  for (const { result } of judgements) results[result]++;
  return results;
}
