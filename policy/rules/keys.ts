import { all, atLeast, atMost, is, isNot, isSet } from "../expectations";
import { allowed, hasCondition, type PolicyStatement } from "../policy-document";
import type { PolicyResource, Rule } from "../rule";
import { referred } from "../stack";
import { isGiven } from "../values";

const key = "aws:kms/key:Key";

/** Inputs that name the key which protects a resource's data, by type. */
const keyInputs: Record<string, string[]> = {
  "aws:cloudtrail/trail:Trail": ["kmsKeyId"],
  "aws:cloudwatch/logGroup:LogGroup": ["kmsKeyId"],
  "aws:elasticache/replicationGroup:ReplicationGroup": ["kmsKeyId"],
  "aws:rds/instance:Instance": ["kmsKeyId", "masterUserSecretKmsKeyId", "performanceInsightsKmsKeyId"],
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": ["rules"],
  "aws:secretsmanager/secret:Secret": ["kmsKeyId"],
  "aws:sns/topic:Topic": ["kmsMasterKeyId"],
};

const use = /^kms:(Encrypt|Decrypt|ReEncrypt|GenerateDataKey|CreateGrant)/;
const management = /^kms:(Put|Disable|Schedule|Delete|Update|Revoke)/;

export const keyRules: Rule[] = [
  {
    name: "key-rotation",
    description: "Keys are rotated at least once a year.",
    controls: ["45 CFR 164.312(a)(2)(iv)", "Security Hub KMS.4"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set enableKeyRotation to true and rotationPeriodInDays to 365 or less.",
    types: [key],
    scope: "resource",
    check: all(is("enableKeyRotation", true), atMost("rotationPeriodInDays", 365)),
  },
  {
    name: "key-kept",
    description: "Keys stay enabled and manageable, and wait a week before they are deleted.",
    controls: ["45 CFR 164.308(a)(7)(ii)(A)"],
    severity: "critical",
    enforcement: "mandatory",
    remedy: "Set deletionWindowInDays to 7 or more; leave isEnabled and bypassPolicyLockoutSafetyCheck alone.",
    types: [key],
    scope: "resource",
    check: all(
      isNot("isEnabled", false),
      isNot("bypassPolicyLockoutSafetyCheck", true),
      atLeast("deletionWindowInDays", 7),
    ),
  },
  {
    name: "key-not-public",
    description: "Key policies allow something to AWS's services and to this account, and to nobody else.",
    controls: ["45 CFR 164.312(a)(1)", "FSBP KMS.5"],
    severity: "critical",
    enforcement: "mandatory",
    remedy: "Name the account's root or a service as the principal of each statement.",
    types: [key],
    scope: "resource",
    check: all(isSet("policy"), ({ inputs }) => {
      const statements = allowed(inputs.policy);
      const accounts = new Set(statements.flatMap(accountsOf));
      return [
        ...statements
          .filter(({ negations }) => negations.includes("NotPrincipal"))
          .map(({ actions }) => `policy allows everybody ${actions.join(", ")}`),
        ...statements
          .flatMap(({ principals }) => principals)
          .filter((principal) => !principal.startsWith("Service ") && !account.test(principal))
          .map((principal) => `policy allows something to ${principal}`),
        // KMS takes no policy that locks out whose key it is (`key-kept`): where there is one account, it is that one.
        ...(accounts.size > 1 ? [`policy allows something to the accounts ${[...accounts].join(", ")}`] : []),
      ];
    }),
  },
  {
    name: "key-actions-named",
    description: "Key policies name every action that they allow.",
    controls: ["45 CFR 164.308(a)(4)(ii)(B)", "45 CFR 164.312(a)(1)"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "List the actions without wildcards.",
    types: [key],
    scope: "resource",
    check: ({ inputs }) =>
      allowed(inputs.policy).flatMap(({ actions, negations }) => [
        ...actions.filter((action) => action.includes("*")).map((action) => `policy allows ${action}`),
        ...(negations.includes("NotAction") ? ["policy allows by NotAction"] : []),
      ]),
  },
  {
    name: "key-use-through-services",
    description:
      "Keys are used through AWS's services or for what a condition names, and by no statement that manages them.",
    controls: ["45 CFR 164.308(a)(4)(ii)(B)", "45 CFR 164.312(a)(2)(iv)"],
    severity: "high",
    enforcement: "mandatory",
    remedy:
      "Put what uses the key into a statement of its own, with a condition on kms:ViaService, an encryption context, or the source's ARN or account.",
    types: [key],
    scope: "resource",
    check: ({ inputs }) =>
      allowed(inputs.policy).flatMap((statement) => {
        const used = statement.actions.filter((action) => use.test(action));
        if (used.length === 0) return [];
        return [
          ...(hasCondition(statement, ...narrowing) ? [] : [`policy allows ${used.join(", ")} without a condition`]),
          ...(statement.actions.some((action) => management.test(action))
            ? [`policy allows ${used.join(", ")} beside the key's management`]
            : []),
        ];
      }),
  },
  {
    name: "key-grants-for-services",
    description: "Grants on keys are for AWS services only.",
    controls: ["45 CFR 164.308(a)(4)(ii)(B)"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Allow kms:CreateGrant where kms:GrantIsForAWSResource is true.",
    types: [key],
    scope: "resource",
    check: ({ inputs }) =>
      allowed(inputs.policy)
        .filter(({ actions }) => actions.includes("kms:CreateGrant"))
        .filter(({ conditions }) => conditions.get("Bool kms:GrantIsForAWSResource")?.join() !== "true")
        .map(() => "policy allows kms:CreateGrant for others than AWS services"),
  },
  {
    name: "key-of-environment",
    description: "Data is encrypted with keys of its own environment, which nobody shares.",
    controls: ["45 CFR 164.312(a)(2)(iv)"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Take the key from the environment's own keys.",
    types: Object.keys(keyInputs),
    about: ({ type, inputs }) => (keyInputs[type] ?? []).some((input) => isGiven(inputs, input)),
    scope: "stack",
    check: (resource, stack) =>
      (keyInputs[resource.type] ?? [])
        .filter((input) => isGiven(resource.inputs, input) && keysOf(resource, input, stack).length === 0)
        .map((input) => `${input} is no key of this stack`),
  },
  {
    name: "key-for-each-domain",
    description: "The database, the cache, the secrets and the logs have a key each.",
    controls: ["45 CFR 164.312(a)(2)(iv)"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Give each domain the key that is named after it.",
    types: [key],
    scope: "stack",
    check: (resource, stack) => {
      const domains = Object.entries(keyDomains).filter(([type, input]) =>
        stack.some((other) => other.type === type && keysOf(other, input, stack).includes(resource)),
      );
      return domains.length > 1 ? [`protects ${domains.map(([type]) => type).join(", ")}`] : [];
    },
  },
];

/** Conditions that say for what a key is used. */
const narrowing = ["kms:ViaService", "kms:EncryptionContext:", "aws:SourceArn", "aws:SourceAccount"];

const account = /^AWS (?:arn:[\w-]+:(?:iam|sts)::)?(\d{12})(?::|$)/;

/** Accounts that a statement allows something to, the whole of them or a principal there. */
function accountsOf({ principals }: PolicyStatement): string[] {
  return principals.flatMap((principal) => account.exec(principal)?.[1] ?? []);
}

/** Types that stand for the domains, and the input that names their key. */
const keyDomains: Record<string, string> = {
  "aws:rds/instance:Instance": "kmsKeyId",
  "aws:elasticache/replicationGroup:ReplicationGroup": "kmsKeyId",
  "aws:secretsmanager/secret:Secret": "kmsKeyId",
  "aws:cloudwatch/logGroup:LogGroup": "kmsKeyId",
};

function keysOf(resource: PolicyResource, input: string, stack: PolicyResource[]): PolicyResource[] {
  return referred(stack, resource, input, key);
}
