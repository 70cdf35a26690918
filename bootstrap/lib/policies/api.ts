import { regionalArn } from "../../../lib/environment";
import { type Statement } from "../../../lib/iam";
import { gatewayArn, made, namedArns, owned, retagged, tagged, type Scope } from "./scope";

/**
 * The API. What is inside of one inherits its tags where permissions are concerned (API Gateway developer guide, "API Gateway resources that can be tagged").
 */
export function apiStatements(scope: Scope): Statement[] {
  const stages = gatewayArn(scope, `/restapis/*/stages/${scope.environmentSuffix}`);
  return [
    {
      Sid: "CreateApi",
      Effect: "Allow",
      Action: "apigateway:POST",
      Resource: [gatewayArn(scope, "/restapis"), gatewayArn(scope, "/usageplans")],
      Condition: made(scope),
    },
    {
      Sid: "ChangeApi",
      Effect: "Allow",
      Action: ["apigateway:DELETE", "apigateway:GET", "apigateway:PATCH", "apigateway:POST", "apigateway:PUT"],
      Resource: ["/restapis/*", "/usageplans/*"].map((path) => gatewayArn(scope, path)),
      Condition: owned(scope),
    },
    {
      Sid: "TagApi",
      Effect: "Allow",
      Action: "apigateway:PUT",
      // API Gateway does not say whose the tagged resource is.
      Resource: gatewayArn(scope, "/tags/*"),
      Condition: { StringLikeIfExists: { "aws:RequestTag/Environment": scope.environmentSuffix } },
    },
    {
      Sid: "UntagApi",
      Effect: "Allow",
      Action: "apigateway:DELETE",
      Resource: gatewayArn(scope, "/tags/*"),
      Condition: { "ForAllValues:StringNotEquals": { "aws:TagKeys": "Environment" } },
    },
    {
      Sid: "LogsOfTheAccount",
      Effect: "Allow",
      // One setting for the account, which every environment makes sure of.
      Action: ["apigateway:GET", "apigateway:PATCH"],
      Resource: gatewayArn(scope, "/account"),
    },
    { Sid: "FirewallOfStages", Effect: "Allow", Action: "apigateway:SetWebACL", Resource: stages },
    {
      Sid: "Firewall",
      Effect: "Allow",
      Action: [
        "wafv2:AssociateWebACL",
        "wafv2:CreateWebACL",
        "wafv2:DeleteLoggingConfiguration",
        "wafv2:DeleteWebACL",
        "wafv2:DisassociateWebACL",
        "wafv2:GetLoggingConfiguration",
        "wafv2:GetWebACL",
        "wafv2:GetWebACLForResource",
        "wafv2:ListTagsForResource",
        "wafv2:PutLoggingConfiguration",
        "wafv2:TagResource",
        "wafv2:UntagResource",
        "wafv2:UpdateWebACL",
      ],
      Resource: [...namedArns(scope, "wafv2", "regional/webacl/", "WAF resource", "/*"), stages],
    },
    {
      Sid: "ManagedRules",
      Effect: "Allow",
      Action: ["wafv2:CreateWebACL", "wafv2:UpdateWebACL"],
      Resource: regionalArn(scope, "wafv2", "regional/managedruleset/*/*"),
    },
  ];
}

/** The user pool, by its tags, as Cognito chooses its identifier. */
export function userPoolStatements(scope: Scope): Statement[] {
  const pools = regionalArn(scope, "cognito-idp", "userpool/*");
  return [
    {
      Sid: "CreateUserPool",
      Effect: "Allow",
      Action: "cognito-idp:CreateUserPool",
      // Concerns no pool yet (Service authorization reference, "Amazon Cognito User Pools").
      Resource: "*",
      Condition: made(scope),
    },
    {
      Sid: "TagUserPool",
      Effect: "Allow",
      Action: "cognito-idp:TagResource",
      Resource: pools,
      Condition: tagged(scope),
    },
    {
      Sid: "ChangeUserPool",
      Effect: "Allow",
      Action: [
        "cognito-idp:CreateResourceServer",
        "cognito-idp:CreateUserPoolClient",
        "cognito-idp:CreateUserPoolDomain",
        "cognito-idp:DeleteResourceServer",
        "cognito-idp:DeleteUserPool",
        "cognito-idp:DeleteUserPoolClient",
        "cognito-idp:DeleteUserPoolDomain",
        "cognito-idp:DescribeResourceServer",
        "cognito-idp:DescribeRiskConfiguration",
        "cognito-idp:DescribeUserPool",
        "cognito-idp:DescribeUserPoolClient",
        "cognito-idp:GetUserPoolMfaConfig",
        "cognito-idp:ListTagsForResource",
        "cognito-idp:SetRiskConfiguration",
        "cognito-idp:SetUserPoolMfaConfig",
        "cognito-idp:TagResource",
        "cognito-idp:UntagResource",
        "cognito-idp:UpdateResourceServer",
        "cognito-idp:UpdateUserPool",
        "cognito-idp:UpdateUserPoolClient",
        "cognito-idp:UpdateUserPoolDomain",
      ],
      Resource: pools,
      Condition: retagged(scope),
    },
    {
      Sid: "FindDomain",
      Effect: "Allow",
      // Cognito cannot narrow it (Service authorization reference, "Amazon Cognito User Pools").
      Action: "cognito-idp:DescribeUserPoolDomain",
      Resource: "*",
    },
  ];
}
