import { hasCompanion, isCustomerKey, isNot } from "../expectations";
import { hasCondition, policyStatements, type PolicyStatement, refusesPlainText } from "../policy-document";
import type { Rule } from "../rule";
import { referred } from "../stack";
import { isGiven, list } from "../values";

const topic = "aws:sns/topic:Topic";
const topicPolicy = "aws:sns/topicPolicy:TopicPolicy";
const compositeAlarm = "aws:cloudwatch/compositeAlarm:CompositeAlarm";

export const monitoringRules: Rule[] = [
  {
    name: "topic-encrypted",
    description: "Topics are encrypted with a customer-managed key.",
    controls: ["45 CFR 164.312(a)(2)(iv)", "Security Hub SNS.1"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set kmsMasterKeyId to the alerts' key.",
    types: [topic],
    scope: "resource",
    check: isCustomerKey("kmsMasterKeyId"),
  },
  {
    name: "topic-has-policy",
    description: "Every topic has a policy.",
    controls: ["45 CFR 164.312(a)(1)"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Add a TopicPolicy for the topic.",
    types: [topic],
    scope: "stack",
    check: hasCompanion(topicPolicy, "arn"),
  },
  {
    name: "topic-closed",
    description: "Topics take messages from AWS's services that act for this account only, over TLS.",
    controls: ["45 CFR 164.312(a)(1)", "45 CFR 164.312(e)(1)", "FSBP SNS.4"],
    severity: "high",
    enforcement: "mandatory",
    remedy:
      "Allow services with the condition aws:SourceAccount, and deny requests without TLS, by a TopicPolicy; leave the topic's own policy unset.",
    types: [topicPolicy, topic],
    about: ({ type, inputs }) => type === topicPolicy || isGiven(inputs, "policy"),
    scope: "resource",
    check: ({ type, inputs }) => {
      const statements = policyStatements(inputs.policy);
      return [
        ...statements
          .filter((statement) => statement.allows && !isForServices(statement))
          // What AWS gives a new topic, and a state holds until a refresh: for the owner's account.
          .filter((statement) => type === topicPolicy || !hasCondition(statement, "AWS:SourceOwner"))
          .map(({ principals }) => `allows ${principals.join(", ")}`),
        ...(type === topic || statements.some((statement) => refusesPlainText(statement, "sns:Publish"))
          ? []
          : ["does not deny requests without TLS"]),
      ];
    },
  },
  {
    name: "topic-subscribed",
    description: "Somebody gets what is sent to a topic.",
    controls: ["45 CFR 164.308(a)(1)(ii)(D)"],
    severity: "medium",
    enforcement: "advisory",
    remedy: "Set alarmEmails, and confirm the message that each address gets.",
    types: [topic],
    scope: "stack",
    check: hasCompanion("aws:sns/topicSubscription:TopicSubscription", "topic"),
    exception: {
      reason:
        "Nobody is subscribed, as alarmEmails is empty: pages show in CloudWatch and on the dashboard only. An environment that nobody relies on may do without; one with patients' data may not.",
      covers: () => true,
    },
  },
  {
    name: "page-sent",
    description: "Every page goes to a topic of the environment.",
    controls: ["45 CFR 164.308(a)(1)(ii)(D)"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Set alarmActions to the topic of the alarms, and do not disable actions.",
    types: [compositeAlarm],
    scope: "stack",
    check: (resource, stack) => [
      ...isNot("actionsEnabled", false)(resource),
      ...(list(resource.inputs.alarmActions).length > 0 && referred(stack, resource, "alarmActions", topic).length > 0
        ? []
        : ["alarmActions has no topic of this stack"]),
    ],
  },
];

/** Whether a statement is about services only that act for one account. */
function isForServices(statement: PolicyStatement): boolean {
  return (
    hasCondition(statement, "aws:SourceAccount") &&
    statement.principals.every((principal) => principal.startsWith("Service "))
  );
}
