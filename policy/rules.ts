import type { PolicyResource, Rule, StackRule } from "./rule";
import { apiRules } from "./rules/api";
import { bucketRules } from "./rules/buckets";
import { cacheRules } from "./rules/cache";
import { containerRules } from "./rules/containers";
import { databaseRules } from "./rules/database";
import { firewallRules } from "./rules/firewall";
import { functionRules } from "./rules/functions";
import { iamRules } from "./rules/iam";
import { identityRules } from "./rules/identity";
import { keyRules } from "./rules/keys";
import { logRules } from "./rules/logs";
import { monitoringRules } from "./rules/monitoring";
import { networkRules } from "./rules/network";
import { secretRules } from "./rules/secrets";
import { tagRules } from "./rules/tags";
import { trailRules } from "./rules/trail";
import { typeRules } from "./rules/types";
import { guarded, unlessHidden } from "./values";

const subjectRules: Rule[] = [
  ...databaseRules,
  ...cacheRules,
  ...secretRules,
  ...keyRules,
  ...networkRules,
  ...apiRules,
  ...firewallRules,
  ...identityRules,
  ...functionRules,
  ...containerRules,
  ...logRules,
  ...trailRules,
  ...bucketRules,
  ...monitoringRules,
  ...iamRules,
  ...tagRules,
];

/** The platform's rules for HIPAA's technical safeguards and AWS's best practices. */
export const rules: Rule[] = [...subjectRules, ...typeRules(subjectRules)];

/** What a rule says of one resource that it is about. */
export interface Judgement {
  rule: Rule;
  resource: PolicyResource;
  /** Accepted is a violation that the rule's exception covers; unknown is what something hidden decides. */
  result: "pass" | "fail" | "accepted" | "unknown";
  /** In words, if it fails or is accepted. */
  violations: string[];
}

/** Whether a rule may be about a resource of a type. */
export function concerns({ types }: Rule, type: string): boolean {
  return types?.includes(type) ?? true;
}

/** Holds resources, which are all of a stack's, against one rule; those that it is not about are left out. */
export function judge(rule: Rule, resources: PolicyResource[]): Judgement[] {
  const stack = resources.map((resource) => ({ ...resource, inputs: guarded(resource.inputs) }));
  return resources.flatMap((resource, index): Judgement[] => {
    const readable = stack[index];
    if (!readable || !concerns(rule, resource.type)) return [];
    const found = unlessHidden(() => findingOf(rule, readable, stack), { result: "unknown" as const, violations: [] });
    return found ? [{ rule, resource, ...found }] : [];
  });
}

/** What a rule says of a resource; nothing, if it is not about it. */
function findingOf(
  { about, check, exception }: Pick<StackRule, "about" | "check" | "exception">,
  resource: PolicyResource,
  stack: PolicyResource[],
): Pick<Judgement, "result" | "violations"> | undefined {
  if (about && !about(resource, stack)) return undefined;
  const violations = check(resource, stack);
  if (violations.length === 0) return { result: "pass", violations };
  const isAccepted = exception !== undefined && unlessHidden(() => exception.covers(resource, stack), false);
  return { result: isAccepted ? "accepted" : "fail", violations };
}

export interface Violation {
  rule: Rule;
  resource: PolicyResource;
  message: string;
}

/** Holds resources, which are all of a stack's, against every rule. */
export function violations(resources: PolicyResource[]): Violation[] {
  return rules
    .flatMap((rule) => judge(rule, resources))
    .filter(({ result }) => result === "fail")
    .flatMap(({ rule, resource, violations: messages }) => messages.map((message) => ({ rule, resource, message })));
}
