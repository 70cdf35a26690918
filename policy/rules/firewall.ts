import { all, hasCompanion, isSet } from "../expectations";
import type { PolicyResource, Rule } from "../rule";
import { at, isPresent, list, show } from "../values";

const webAcl = "aws:wafv2/webAcl:WebAcl";
const logging = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration";

/** AWS managed rule groups that stand before the API (WAF developer guide, "AWS Managed Rules rule groups list"). */
const managedGroups = [
  "AWSManagedRulesAmazonIpReputationList",
  "AWSManagedRulesAnonymousIpList",
  "AWSManagedRulesKnownBadInputsRuleSet",
  "AWSManagedRulesSQLiRuleSet",
  "AWSManagedRulesAdminProtectionRuleSet",
  "AWSManagedRulesCommonRuleSet",
];

/** Rules of the groups that may only count: hospitals call from data centres, and records are longer than the 8 KiB that the second one allows. */
const countedRules: Record<string, string> = {
  AWSManagedRulesAnonymousIpList: "HostingProviderIPList",
  AWSManagedRulesCommonRuleSet: "SizeRestrictions_BODY",
};

export const firewallRules: Rule[] = [
  {
    name: "firewall-managed-rules",
    description: "AWS's managed rules stand before the API, look at every request, and block, but for two that count.",
    controls: ["45 CFR 164.308(a)(5)(ii)(B)", "45 CFR 164.312(e)(1)", "FSBP WAF.10"],
    severity: "high",
    enforcement: "mandatory",
    remedy: `Add the groups ${managedGroups.join(", ")}, with overrideAction none, without scopeDownStatement and without ruleActionOverrides but to count ${Object.values(countedRules).join(" and ")}; allow nothing by a rule.`,
    types: [webAcl],
    scope: "resource",
    check: ({ inputs }) => {
      const rules = list(inputs.rules);
      const blocking = rules
        .filter((rule) => at(rule, "overrideAction.count") === undefined)
        .map((rule) => at(rule, "statement.managedRuleGroupStatement"))
        .filter((group) => at(group, "vendorName") === "AWS" && at(group, "scopeDownStatement") === undefined);
      return [
        ...managedGroups
          .filter((group) => !blocking.some((one) => at(one, "name") === group))
          .map((group) => `${group} does not block every request`),
        ...blocking.flatMap(overridden).map((name) => `${name} does not do what AWS means it to`),
        ...rules
          .filter((rule) => at(rule, "action.allow") !== undefined)
          .map((rule) => `rule ${show(at(rule, "name"))} allows what later ones would block`),
      ];
    },
  },
  {
    name: "firewall-rate-limit",
    description: "An address that sends too many requests is blocked.",
    controls: ["45 CFR 164.308(a)(1)(ii)(B)", "45 CFR 164.312(e)(1)"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Add a rate-based rule that blocks.",
    types: [webAcl],
    scope: "resource",
    check: ({ inputs }) =>
      list(inputs.rules).some(
        (rule) => isPresent(at(rule, "statement.rateBasedStatement")) && at(rule, "action.block") !== undefined,
      )
        ? []
        : ["has no rate-based rule that blocks"],
  },
  {
    name: "firewall-no-samples",
    description: "The firewall keeps no samples of requests, whose paths and headers would name patients.",
    controls: ["45 CFR 164.312(a)(1)"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Set sampledRequestsEnabled to false, for the ACL and each rule.",
    types: [webAcl],
    scope: "resource",
    check: eachVisibility((title, visibility) =>
      at(visibility, "sampledRequestsEnabled") === false ? [] : [`${title} keeps samples`],
    ),
  },
  {
    name: "firewall-metrics",
    description: "The firewall counts what each rule does.",
    controls: ["45 CFR 164.308(a)(1)(ii)(D)", "FSBP WAF.12"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set cloudwatchMetricsEnabled to true, for the ACL and each rule.",
    types: [webAcl],
    scope: "resource",
    check: eachVisibility((title, visibility) =>
      at(visibility, "cloudwatchMetricsEnabled") === true ? [] : [`${title} has no metrics`],
    ),
  },
  {
    name: "firewall-logged",
    description: "Every web ACL writes a log.",
    controls: ["45 CFR 164.312(b)", "Security Hub WAF.11"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Add a WebAclLoggingConfiguration for the ACL.",
    types: [webAcl],
    scope: "stack",
    check: hasCompanion(logging, "resourceArn"),
  },
  {
    name: "firewall-log-redacted",
    description: "The firewall's log holds no paths and queries, which name patients, and no headers that sign in.",
    controls: ["45 CFR 164.312(a)(1)", "45 CFR 164.312(b)"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Redact uriPath, queryString and the headers authorization and cookie.",
    types: [logging],
    scope: "resource",
    check: all(isSet("logDestinationConfigs"), ({ inputs }) => {
      const redacted = list(inputs.redactedFields).flatMap((field) => [
        ...["uriPath", "queryString"].filter((part) => at(field, part) !== undefined && at(field, part) !== null),
        at(field, "singleHeader.name"),
      ]);
      return ["uriPath", "queryString", "authorization", "cookie"]
        .filter((part) => !redacted.includes(part))
        .map((part) => `does not redact ${part}`);
    }),
  },
];

/** Rules of a managed group with another action than AWS's, but for those that may count. */
function overridden(group: unknown): string[] {
  return list(at(group, "ruleActionOverrides"))
    .filter((override) => {
      const isCounted = at(override, "name") === countedRules[String(at(group, "name"))];
      return !isCounted || at(override, "actionToUse.count") === undefined;
    })
    .map((override) => String(at(override, "name")));
}

/** Holds an expectation against what an ACL and each of its rules show. */
function eachVisibility(
  check: (title: string, visibility: unknown) => string[],
): (resource: PolicyResource) => string[] {
  return ({ inputs }) => [
    ...check("the ACL", inputs.visibilityConfig),
    ...list(inputs.rules).flatMap((rule) => check(`rule ${show(at(rule, "name"))}`, at(rule, "visibilityConfig"))),
  ];
}
