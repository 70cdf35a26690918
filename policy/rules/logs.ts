import { atLeast, isCustomerKey } from "../expectations";
import type { Rule } from "../rule";

const logGroup = "aws:cloudwatch/logGroup:LogGroup";

/** Days: six years (45 CFR 164.316(b)(2)(i)), leap days included. */
const sixYears = 2192;

export const logRules: Rule[] = [
  {
    name: "log-group-encrypted",
    description: "Log groups are encrypted with a customer-managed key.",
    controls: ["45 CFR 164.312(a)(2)(iv)"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Set kmsKeyId to the logs' key.",
    types: [logGroup],
    scope: "resource",
    check: isCustomerKey("kmsKeyId"),
  },
  {
    name: "log-group-expires",
    description: "Log groups keep their events for a time that somebody has set.",
    controls: ["45 CFR 164.310(d)(2)(i)"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set retentionInDays.",
    types: [logGroup],
    scope: "resource",
    check: atLeast("retentionInDays", 1),
  },
  {
    name: "audit-log-kept",
    description: "The audit log is kept for six years.",
    controls: ["45 CFR 164.312(b)", "45 CFR 164.316(b)(2)(i)"],
    severity: "high",
    enforcement: "mandatory",
    remedy: `Set auditRetentionDays to ${sixYears} or more.`,
    types: [logGroup],
    about: ({ inputs }) => String(inputs.name).startsWith("audit-"),
    scope: "resource",
    check: atLeast("retentionInDays", sixYears),
  },
];
