import { isUnset } from "../expectations";
import { allowed, hasCondition, isAnything, namesNone, type PolicyStatement } from "../policy-document";
import type { PolicyResource, Rule } from "../rule";
import { isPresent, texts } from "../values";

const policy = "aws:iam/policy:Policy";
const role = "aws:iam/role:Role";
const rolePolicy = "aws:iam/rolePolicy:RolePolicy";
const attachment = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";

/** Actions for which AWS knows no narrower resource than all (Service authorization reference). */
const withoutResources = [
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSubnets",
  "ecr:GetAuthorizationToken",
  "secretsmanager:GetRandomPassword",
  "xray:PutTelemetryRecords",
  "xray:PutTraceSegments",
];

/** Actions on what has no name before it is there, or of which AWS shows all or none: on the account's own, no further. */
const withoutNames = [
  "ec2:AssignPrivateIpAddresses",
  "ec2:CreateNetworkInterface",
  "ec2:DeleteNetworkInterface",
  "ec2:UnassignPrivateIpAddresses",
  "logs:DescribeLogGroups",
];

/** Uses of keys, of which `iam-decrypts-through-services` says on which. */
const keyUse = /^kms:(Decrypt|ReEncryptFrom|GenerateDataKey)/;

/** Services that do not say for whom they assume a role, and assume only roles that they were given for a resource of the same account. */
const withoutSource = ["lambda.amazonaws.com", "apigateway.amazonaws.com", "cloudtrail.amazonaws.com"];

/** Policies of AWS's own that the platform attaches; the rest of them are wider than any of its roles may be. */
const attachable = ["service-role/AmazonAPIGatewayPushToCloudWatchLogs"];

export const iamRules: Rule[] = [
  {
    name: "iam-actions-named",
    description: "Policies name every action that they allow.",
    controls: ["45 CFR 164.308(a)(4)(ii)(B)", "45 CFR 164.312(a)(1)", "FSBP IAM.1", "FSBP IAM.21"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "List the actions without wildcards.",
    types: [policy, rolePolicy],
    scope: "resource",
    check: eachStatement(({ actions }) =>
      actions.filter((action) => action.includes("*")).map((action) => `allows ${action}`),
    ),
  },
  {
    name: "iam-resources-named",
    description: "Policies name the resources that they allow something on, wherever AWS knows narrower ones than all.",
    controls: ["45 CFR 164.308(a)(4)(ii)(B)", "45 CFR 164.312(a)(1)"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Name the ARNs of the environment's resources.",
    types: [policy, rolePolicy],
    scope: "resource",
    check: eachStatement(({ actions, resources }) =>
      actions
        .filter((action) => !keyUse.test(action))
        .flatMap((action) =>
          resources
            .filter((resource) => isTooWide(action, resource))
            .map((resource) => `allows ${action} on ${resource}`),
        ),
    ),
  },
  {
    name: "iam-no-negations",
    description: "Policies say what is allowed, not what is left out.",
    controls: ["45 CFR 164.308(a)(4)(ii)(B)", "45 CFR 164.312(a)(1)"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Use Action, Resource and Principal.",
    types: [policy, rolePolicy, role],
    scope: "resource",
    check: eachStatement(({ negations }) => negations.map((element) => `allows by ${element}`)),
  },
  {
    name: "iam-decrypts-through-services",
    description: "Policies allow the use of single keys, through AWS services.",
    controls: ["45 CFR 164.312(a)(2)(iv)", "FSBP KMS.1", "FSBP KMS.2"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Name the key's ARN, and the service by a condition on kms:ViaService.",
    types: [policy, rolePolicy],
    scope: "resource",
    check: eachStatement((statement) => {
      const used = statement.actions.filter((action) => keyUse.test(action));
      if (used.length === 0) return [];
      return [
        ...(hasCondition(statement, "kms:ViaService") ? [] : [`allows ${used.join(", ")} without kms:ViaService`]),
        ...statement.resources.filter(namesNone).map((resource) => `allows ${used.join(", ")} on ${resource}`),
      ];
    }),
  },
  {
    name: "iam-managed-policies",
    description: "Policies are managed ones, which the account's inventory shows; none stands inside a role.",
    controls: ["45 CFR 164.308(a)(4)(ii)(B)"],
    severity: "low",
    enforcement: "mandatory",
    remedy: "Use a Policy and a RolePolicyAttachment.",
    types: [role, rolePolicy],
    scope: "resource",
    check: (resource) =>
      resource.type === rolePolicy ? ["stands inside a role"] : isUnset("inlinePolicies")(resource),
  },
  {
    name: "iam-no-wide-aws-policies",
    description: "Roles get none of AWS's own policies that allow more than they need.",
    controls: ["45 CFR 164.308(a)(4)(ii)(B)", "FSBP IAM.1"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Attach a policy of the environment's own.",
    types: [attachment, role],
    scope: "resource",
    check: ({ type, inputs }) =>
      texts(type === role ? inputs.managedPolicyArns : inputs.policyArn)
        .flatMap((arn) => /^arn:[\w-]+:iam::aws:policy\/(.+)$/.exec(arn)?.[1] ?? [])
        .filter((name) => !attachable.includes(name))
        .map((name) => `attaches ${name}`),
  },
  {
    name: "role-for-services",
    description: "Roles are assumed by named AWS services only.",
    controls: ["45 CFR 164.308(a)(4)(ii)(B)", "45 CFR 164.312(d)"],
    severity: "critical",
    enforcement: "mandatory",
    remedy: "Name one service as the principal that may assume the role.",
    types: [role],
    scope: "resource",
    check: (resource) => [
      ...(isPresent(resource.inputs.assumeRolePolicy) ? [] : ["assumeRolePolicy is not set"]),
      ...eachStatement(({ principals }) =>
        principals
          .filter((principal) => !/^Service [a-z.-]+\.amazonaws\.com(\.cn)?$/.test(principal))
          .map((principal) => `may be assumed by ${principal}`),
      )(resource),
    ],
  },
  {
    name: "role-no-confused-deputy",
    description: "Services assume roles on behalf of this account only, where they say for whom they act.",
    controls: ["45 CFR 164.312(a)(1)", "45 CFR 164.312(d)"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Add a condition on aws:SourceAccount or aws:SourceArn.",
    types: [role],
    about: ({ inputs }) => allowed(inputs.assumeRolePolicy).some((statement) => sources(statement).length > 0),
    scope: "resource",
    check: eachStatement((statement) =>
      sources(statement).length === 0 || hasCondition(statement, "aws:SourceAccount", "aws:SourceArn")
        ? []
        : [`may be assumed by ${sources(statement).join(", ")} for other accounts`],
    ),
  },
  {
    name: "iam-no-users",
    description: "The platform makes no IAM users and no access keys, which would hold until somebody takes them away.",
    controls: ["45 CFR 164.312(a)(2)(i)", "FSBP IAM.2", "FSBP IAM.3"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Use roles.",
    types: [
      "aws:iam/user:User",
      "aws:iam/accessKey:AccessKey",
      "aws:iam/userLoginProfile:UserLoginProfile",
      "aws:iam/userPolicy:UserPolicy",
      "aws:iam/userPolicyAttachment:UserPolicyAttachment",
    ],
    scope: "resource",
    check: () => ["is of a user, whose credentials hold for good"],
  },
];

/** Whether there are narrower resources for an action. */
function isTooWide(action: string, resource: string): boolean {
  if (!namesNone(resource) || withoutResources.includes(action)) return false;
  return isAnything(resource) || !withoutNames.includes(action);
}

/** Who may assume a role, of those who say for whom. */
function sources({ principals }: PolicyStatement): string[] {
  return principals
    .map((principal) => principal.replace(/^Service /, ""))
    .filter((principal) => !withoutSource.includes(principal));
}

/** Holds an expectation against every statement that allows something, of a policy or of a role's trust. */
function eachStatement(check: (statement: PolicyStatement) => string[]): (resource: PolicyResource) => string[] {
  return ({ type, inputs }) => allowed(type === role ? inputs.assumeRolePolicy : inputs.policy).flatMap(check);
}
