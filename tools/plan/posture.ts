import { type Clause, clauses } from "../../policy/controls";
import type { PolicyResource, Rule } from "../../policy/rule";
import { judge, type Judgement, rules } from "../../policy/rules";
import { policyResourceOf, type Registered } from "../program";
import { Stack, titleOf } from "./resources";

/** How a stack stands to the rules of `policy/`, and who may call its API. */
export interface Posture {
  /** How many rules have each result. */
  results: Record<RuleResult, number>;
  rules: JudgedRule[];
  /** What of HIPAA's Security Rule the rules serve. */
  clauses: { clause: string; title: string; results: Record<RuleResult, number> }[];
  /** Who may call each operation of the API. */
  operations: Operation[];
}

/** Of all resources that a rule is about, the first of these that one of them has; `unused` where there are none. */
const ruleResults = ["fail", "unknown", "accepted", "pass", "unused"] as const;

export type RuleResult = (typeof ruleResults)[number];

export interface JudgedRule extends Pick<Rule, "name" | "description" | "controls" | "severity" | "remedy"> {
  result: RuleResult;
  /** How many resources it is about. */
  resources: number;
  /** Where it is not simply kept: what is violated in words, none where it is unknown before the deployment. */
  findings: { resource: string; result: Judgement["result"]; violations: string[] }[];
  /** Why it is accepted where it is. */
  exception?: string;
}

export interface Operation {
  method: string;
  path: string;
  /** Scopes of the access token that it takes; none for what anybody may call. */
  scopes: string[];
}

export function postureOf(resources: Registered[]): Posture {
  const judged = rules.map((rule) => judgedRule(rule, resources.map(policyResourceOf)));
  return {
    results: resultsOf(judged),
    rules: judged,
    clauses: (Object.keys(clauses) as Clause[]).map((clause) => ({
      clause,
      title: clauses[clause],
      results: resultsOf(judged.filter(({ controls }) => controls.includes(clause))),
    })),
    operations: new Stack(resources).ofType("aws:apigateway/restApi:RestApi").flatMap(operationsOf),
  };
}

function judgedRule(rule: Rule, resources: PolicyResource[]): JudgedRule {
  const judgements = judge(rule, resources);
  const { controls, description, exception, name, remedy, severity } = rule;
  return {
    name,
    description,
    controls,
    severity,
    remedy,
    result: ruleResults.find((result) => judgements.some((judgement) => judgement.result === result)) ?? "unused",
    resources: judgements.length,
    findings: judgements
      .filter(({ result }) => result !== "pass")
      .map(({ resource, result, violations }) => ({ resource: titleOf(resource), result, violations })),
    ...(exception && { exception: exception.reason }),
  };
}

function resultsOf(judged: JudgedRule[]): Record<RuleResult, number> {
  const counts = ruleResults.map((result) => [result, judged.filter((rule) => rule.result === result).length]);
  return Object.fromEntries(counts) as Record<RuleResult, number>;
}

interface OpenApi {
  paths: Record<string, Record<string, { security?: Record<string, string[]>[] }>>;
}

function operationsOf({ inputs }: Registered): Operation[] {
  const { paths } = JSON.parse(String(inputs.body)) as OpenApi;
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { security = [] }]) => ({
      method: method.toUpperCase(),
      path,
      scopes: security.flatMap((requirement) => Object.values(requirement).flat()),
    })),
  );
}
