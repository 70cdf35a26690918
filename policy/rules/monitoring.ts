import { all, isNot } from "../expectations";
import { hasCondition, policyStatements } from "../policy-document";
import type { Rule } from "../rule";
import { list } from "../values";

const topicPolicy = "aws:sns/topicPolicy:TopicPolicy";
const compositeAlarm = "aws:cloudwatch/compositeAlarm:CompositeAlarm";

export const monitoringRules: Rule[] = [
  {
    name: "topic-closed",
    description: "Topics take messages from AWS's services that act for this account only, over TLS.",
    controls: ["45 CFR 164.312(a)(1)", "45 CFR 164.312(e)(1)"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Allow services with the condition aws:SourceAccount, and deny requests without TLS.",
    types: [topicPolicy],
    scope: "resource",
    check: ({ inputs }) => {
      const statements = policyStatements(inputs.policy);
      const refusesPlainText = statements.some(
        ({ allows, conditions, principals }) =>
          !allows && principals.includes("*") && conditions.get("Bool aws:SecureTransport")?.join() === "false",
      );
      return [
        ...statements
          .filter((statement) => statement.allows)
          .filter(
            (statement) =>
              !hasCondition(statement, "aws:SourceAccount") ||
              statement.principals.some((principal) => !principal.startsWith("Service ")),
          )
          .map(({ principals }) => `allows ${principals.join(", ")}`),
        ...(refusesPlainText ? [] : ["does not deny requests without TLS"]),
      ];
    },
  },
  {
    name: "page-sent",
    description: "Every page is sent to somebody.",
    controls: ["45 CFR 164.308(a)(1)(ii)(D)"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Set alarmActions to the topic of the alarms, and do not disable actions.",
    types: [compositeAlarm],
    scope: "resource",
    check: all(isNot("actionsEnabled", false), ({ inputs }) =>
      list(inputs.alarmActions).length > 0 ? [] : ["alarmActions is empty; it must not be"],
    ),
  },
];
