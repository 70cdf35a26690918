import { apiGatewayAccountRoleName, apiGatewayLogsPolicyArn } from "../../../lib/api-gateway-account";
import { type Statement } from "../../../lib/iam";
import { iamArn, roleNames, type Scope } from "./scope";

/** Services that take one of the roles. */
const services = [
  "cloudtrail.amazonaws.com",
  "ecs-tasks.amazonaws.com",
  "lambda.amazonaws.com",
  "monitoring.rds.amazonaws.com",
  "vpc-flow-logs.amazonaws.com",
];

/** Services whose own role the first use in an account makes (IAM user guide, "Using service-linked roles"). */
const serviceLinked = [
  "ecs.amazonaws.com",
  "ecs.application-autoscaling.amazonaws.com",
  "elasticache.amazonaws.com",
  "ops.apigateway.amazonaws.com",
  "rds.amazonaws.com",
  "wafv2.amazonaws.com",
];

/**
 * The roles of the environments. One can be made only with the boundary, and permissions be given only to one that has it, so that nobody gets by a role what the
 * boundary does not allow (IAM user guide, "Permissions boundaries for IAM entities").
 */
export function roleStatements(scope: Scope, boundaryArn: string): Statement[] {
  const limited = { StringEquals: { "iam:PermissionsBoundary": boundaryArn } };
  return [
    {
      Sid: "LimitedRoles",
      Effect: "Allow",
      Action: ["iam:CreateRole", "iam:PutRolePermissionsBoundary"],
      Resource: roleArns(scope),
      Condition: limited,
    },
    {
      Sid: "PoliciesOfLimitedRoles",
      Effect: "Allow",
      Action: ["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
      Resource: roleArns(scope),
      Condition: { ...limited, ArnLike: { "iam:PolicyARN": policyArns(scope) } },
    },
    {
      Sid: "Roles",
      Effect: "Allow",
      Action: [
        "iam:DeleteRole",
        "iam:GetRole",
        "iam:ListAttachedRolePolicies",
        "iam:ListInstanceProfilesForRole",
        "iam:ListRolePolicies",
        "iam:TagRole",
        "iam:UntagRole",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
        "iam:UpdateRoleDescription",
      ],
      Resource: roleArns(scope),
    },
    {
      Sid: "GiveRolesToServices",
      Effect: "Allow",
      Action: "iam:PassRole",
      Resource: roleArns(scope),
      Condition: { StringEquals: { "iam:PassedToService": services } },
    },
    {
      Sid: "RolesOfServices",
      Effect: "Allow",
      Action: "iam:CreateServiceLinkedRole",
      Resource: iamArn(scope, "role/aws-service-role/*"),
      Condition: { StringEquals: { "iam:AWSServiceName": serviceLinked } },
    },
  ];
}

/** The roles' policies. */
export function policyStatements(scope: Scope): Statement[] {
  return [
    {
      Sid: "Policies",
      Effect: "Allow",
      Action: [
        "iam:CreatePolicy",
        "iam:CreatePolicyVersion",
        "iam:DeletePolicy",
        "iam:DeletePolicyVersion",
        "iam:GetPolicy",
        "iam:GetPolicyVersion",
        "iam:ListPolicyVersions",
        "iam:TagPolicy",
        "iam:UntagPolicy",
      ],
      Resource: policyArns(scope),
    },
  ];
}

/** API Gateway's role for its logs, one for the account: the bootstrap has made it, and a deployment makes sure of it. */
export function accountRoleStatements(scope: Scope): Statement[] {
  const Resource = iamArn(scope, `role/${apiGatewayAccountRoleName}`);
  return [
    {
      Sid: "AccountRole",
      Effect: "Allow",
      Action: ["iam:GetRole", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"],
      Resource,
    },
    {
      Sid: "PermissionOfAccountRole",
      Effect: "Allow",
      Action: "iam:AttachRolePolicy",
      Resource,
      Condition: { ArnEquals: { "iam:PolicyARN": apiGatewayLogsPolicyArn(scope.partition) } },
    },
    {
      Sid: "GiveAccountRoleToApiGateway",
      Effect: "Allow",
      Action: "iam:PassRole",
      Resource,
      Condition: { StringEquals: { "iam:PassedToService": "apigateway.amazonaws.com" } },
    },
  ];
}

const roleArns = (scope: Scope) => roleNames(scope).map((name) => iamArn(scope, `role/${name}`));
const policyArns = (scope: Scope) => roleNames(scope).map((name) => iamArn(scope, `policy/${name}`));
