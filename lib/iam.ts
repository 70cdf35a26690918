import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type Environment } from "./environment";
import { resourceName, type ResourceType } from "./naming";

/** One statement of a policy document (IAM user guide, "IAM JSON policy elements"). */
export interface Statement {
  Sid?: string;
  Effect: "Allow" | "Deny";
  Principal?: "*" | Record<string, string | string[]>;
  Action: string | string[];
  Resource?: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** A statement about resources whose ARNs AWS has yet to give. */
export interface StatementArgs extends Omit<Statement, "Resource"> {
  Resource?: pulumi.Input<string> | pulumi.Input<string>[];
}

export function policyDocument(statements: Statement[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** Refuses requests that do not come over TLS (IAM user guide, "AWS global condition context keys"). */
export function denyPlainText(Sid: string, Action: string, Resource: string | string[]): Statement {
  return {
    Sid,
    Effect: "Deny",
    Principal: "*",
    Action,
    Resource,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}

/** Refuses every principal outside of the account but AWS's services, which have statements of their own. */
export function denyOtherAccounts(accountId: string, Action: string, Resource: string | string[]): Statement {
  return {
    Sid: "DenyOtherAccounts",
    Effect: "Deny",
    Principal: "*",
    Action,
    Resource,
    Condition: {
      StringNotEquals: { "aws:PrincipalAccount": accountId },
      Bool: { "aws:PrincipalIsAWSService": "false" },
    },
  };
}

/** Lets one AWS service assume a role, when the service says that it acts for this account (IAM user guide, "The confused deputy problem"). */
export function serviceTrust(service: string, accountId: string): string {
  return policyDocument([
    {
      Effect: "Allow",
      Principal: { Service: service },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "aws:SourceAccount": accountId } },
    },
  ]);
}

/** Lets Lambda assume a role. Lambda does not say for which account it acts; it assumes only roles of the function's own. */
export const lambdaTrust = policyDocument([
  { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
]);

export interface ServiceRoleArgs {
  environment: Environment;
  type: ResourceType;
  trust: string;
  /** All that the role may do. */
  statements: pulumi.Input<Statement[]>;
}

/** Resolves the ARNs in statements. */
export function resolveStatements(statements: StatementArgs[]): pulumi.Output<Statement[]> {
  return pulumi.output(statements);
}

/** A role with its one customer-managed policy; `ready` is what must exist before the role can do its work. */
export interface ServiceRole {
  arn: pulumi.Output<string>;
  ready: pulumi.Resource;
}

/** Makes a role and its policy as children of a component. Managed, since inline policies escape the account's inventory (AWS Config IAM_NO_INLINE_POLICY_CHECK). */
export function createServiceRole(parent: pulumi.Resource, name: string, args: ServiceRoleArgs): ServiceRole {
  const { environmentSuffix, permissionsBoundary } = args.environment;
  const physicalName = resourceName(args.type, environmentSuffix);
  const role = new aws.iam.Role(
    name,
    { name: physicalName, assumeRolePolicy: args.trust, permissionsBoundary },
    { parent },
  );
  const policy = new aws.iam.Policy(
    name,
    { name: physicalName, policy: pulumi.output(args.statements).apply(policyDocument) },
    { parent },
  );
  const ready = new aws.iam.RolePolicyAttachment(name, { role: role.name, policyArn: policy.arn }, { parent });
  return { arn: role.arn, ready };
}
