import {
  PolicyPack,
  type ReportViolation,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
} from "@pulumi/policy";
import { withoutFound } from "./found";
import type { PolicyResource, Rule } from "./rule";
import { concerns, judge, rules } from "./rules";
import { plain } from "./values";

new PolicyPack("tap", {
  policies: rules.map((rule) => (rule.scope === "stack" ? stackPolicy(rule) : resourcePolicy(rule))),
});

function resourcePolicy(rule: Rule): ResourceValidationPolicy {
  return {
    ...describe(rule),
    validateResource: ({ type, urn, name, props }, reportViolation) => {
      if (concerns(rule, type)) report(rule, [readable({ type, urn, name, props })], reportViolation);
    },
  };
}

function stackPolicy(rule: Rule): StackValidationPolicy {
  return {
    ...describe(rule),
    validateStack: ({ resources }, reportViolation) => {
      const stack = resources.map((resource) =>
        withoutFound({
          ...readable(resource),
          references: Object.fromEntries(
            Object.entries(resource.propertyDependencies).map(([input, targets]) => [
              input,
              targets.map(({ urn }) => urn),
            ]),
          ),
        }),
      );
      report(rule, stack, reportViolation);
    },
  };
}

function describe({ name, description, enforcement, severity, remedy }: Rule) {
  return { name, description, enforcementLevel: enforcement, severity, remediationSteps: remedy };
}

function readable({
  type,
  urn,
  name,
  props,
}: Pick<PolicyResource, "type" | "urn" | "name"> & { props: object }): PolicyResource {
  return { type, urn, name, inputs: plain(props) as Record<string, unknown>, references: {} };
}

function report(rule: Rule, stack: PolicyResource[], reportViolation: ReportViolation): void {
  for (const { resource, result, violations } of judge(rule, stack)) {
    if (result !== "fail") continue;
    for (const violation of violations) {
      reportViolation(`${violation}\n${rule.controls.join(", ")}\nRemedy: ${rule.remedy}`, resource.urn);
    }
  }
}
