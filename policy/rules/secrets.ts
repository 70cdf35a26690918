import { all, atLeast, atMost, hasCompanion, is, isCustomerKey, isSet } from "../expectations";
import { type PolicyStatement, policyStatements, refusesPlainText } from "../policy-document";
import type { Rule } from "../rule";
import { referred } from "../stack";

const secret = "aws:secretsmanager/secret:Secret";
const secretPolicy = "aws:secretsmanager/secretPolicy:SecretPolicy";
const secretRotation = "aws:secretsmanager/secretRotation:SecretRotation";
const secretVersion = "aws:secretsmanager/secretVersion:SecretVersion";
const randomPassword = "random:index/randomPassword:RandomPassword";

export const secretRules: Rule[] = [
  {
    name: "secret-encrypted",
    description: "Secrets are encrypted with a customer-managed key.",
    controls: ["45 CFR 164.312(a)(2)(iv)"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Set kmsKeyId to the secrets' key.",
    types: [secret],
    scope: "resource",
    check: isCustomerKey("kmsKeyId"),
  },
  {
    name: "secret-has-policy",
    description: "Every secret has a resource policy.",
    controls: ["45 CFR 164.312(a)(1)"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Add a SecretPolicy for the secret.",
    types: [secret],
    scope: "stack",
    check: hasCompanion(secretPolicy, "secretArn"),
  },
  {
    name: "secret-policy-closed",
    description: "Policies of secrets refuse plain-text transport and other accounts, and allow nothing by themselves.",
    controls: ["45 CFR 164.312(a)(1)", "45 CFR 164.312(e)(1)"],
    severity: "high",
    enforcement: "mandatory",
    remedy:
      "Deny everybody where aws:SecureTransport is false and where aws:PrincipalAccount is another; set blockPublicPolicy to true.",
    types: [secretPolicy],
    scope: "resource",
    check: all(is("blockPublicPolicy", true), isSet("policy"), ({ inputs }) => {
      const statements = policyStatements(inputs.policy);
      return [
        ...statements.filter(({ allows }) => allows).map(({ principals }) => `allows ${principals.join(", ")}`),
        ...(statements.some((statement) => refusesPlainText(statement, "secretsmanager:*"))
          ? []
          : ["does not deny requests without TLS"]),
        ...(statements.some(refusesOtherAccounts) ? [] : ["does not deny other accounts"]),
      ];
    }),
  },
  {
    name: "secret-rotated",
    description: "Every secret is rotated by schedule.",
    controls: ["45 CFR 164.308(a)(5)(ii)(D)", "45 CFR 164.312(d)", "FSBP SecretsManager.1"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Add a SecretRotation for the secret.",
    types: [secret],
    scope: "stack",
    check: hasCompanion(secretRotation, "secretId"),
  },
  {
    name: "secret-rotation-period",
    description: "Secrets are rotated at least every 90 days.",
    controls: ["45 CFR 164.308(a)(5)(ii)(D)", "FSBP SecretsManager.4"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set rotationRules.automaticallyAfterDays to 90 or less, and rotationLambdaArn.",
    types: [secretRotation],
    scope: "resource",
    check: all(atMost("rotationRules.automaticallyAfterDays", 90), isSet("rotationLambdaArn")),
  },
  {
    name: "secret-value-generated",
    description: "A secret's first value is generated during the deployment, and written down nowhere.",
    controls: ["45 CFR 164.312(d)"],
    severity: "critical",
    enforcement: "mandatory",
    remedy: "Take secretString from a RandomPassword.",
    types: [secretVersion],
    scope: "stack",
    check: (resource, stack) =>
      referred(stack, resource, "secretString", randomPassword).length > 0
        ? []
        : ["secretString does not come from a RandomPassword"],
  },
  {
    name: "secret-value-strong",
    description: "Generated secrets have at least 32 characters of every kind.",
    controls: ["45 CFR 164.308(a)(5)(ii)(D)"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Set length to 32 or more and special to true.",
    types: [randomPassword],
    scope: "resource",
    check: all(atLeast("length", 32), is("special", true)),
  },
  {
    name: "secret-recoverable",
    description: "A deleted secret can be recovered for a week.",
    controls: ["45 CFR 164.308(a)(7)(ii)(A)"],
    severity: "low",
    enforcement: "advisory",
    remedy: "Set recoveryWindowInDays to 7 or more.",
    types: [secret],
    scope: "resource",
    check: atLeast("recoveryWindowInDays", 7),
    exception: {
      reason:
        "The secrets log in to data stores that go with the environment; their names must be free at once for the next one of the same suffix.",
      covers: () => true,
    },
  },
];

/** Whether a statement denies everything to every account but one; AWS's own services may be left out. */
function refusesOtherAccounts({ allows, actions, principals, conditions }: PolicyStatement): boolean {
  const others = [...conditions].filter(([condition, values]) =>
    condition === "Bool aws:PrincipalIsAWSService"
      ? values.join() !== "false"
      : condition !== "StringNotEquals aws:PrincipalAccount",
  );
  return (
    !allows &&
    actions.includes("secretsmanager:*") &&
    principals.includes("*") &&
    /^\d{12}$/.test(conditions.get("StringNotEquals aws:PrincipalAccount")?.join() ?? "") &&
    others.length === 0
  );
}
