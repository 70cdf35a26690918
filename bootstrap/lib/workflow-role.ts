import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument, resolveStatements } from "../../lib/iam";
import { type Policies } from "./deploy-policies";
import { workflowTrust } from "./github-identity";

export interface WorkflowRoleArgs {
  /** Begins the names of the role and of its policies. */
  name: string;
  description: string;
  providerArn: pulumi.Input<string>;
  /** Repository whose workflows may assume the role, as their tokens name it. */
  repository: string;
  /** Ends of the `sub` claims of the workflows that may. */
  subjects: string[];
  /** Longest session, in seconds. */
  sessionSeconds: number;
  /** What the role may do: at most ten policies (IAM user guide, "IAM and AWS STS quotas"). */
  policies: Policies;
}

/** Makes a role that workflows assume, and its policies, as children of a component. */
export function createWorkflowRole(parent: pulumi.Resource, args: WorkflowRoleArgs): aws.iam.Role {
  const { name, description, providerArn, repository, sessionSeconds, subjects } = args;
  const assumeRolePolicy = pulumi.output(providerArn).apply((arn) => workflowTrust(arn, repository, subjects));
  const role = new aws.iam.Role(
    name,
    { name, description, maxSessionDuration: sessionSeconds, assumeRolePolicy },
    { parent },
  );
  for (const [end, statements] of Object.entries(args.policies)) {
    const policy = new aws.iam.Policy(
      `${name}-${end}`,
      { name: `${name}-${end}`, policy: resolveStatements(statements).apply(policyDocument) },
      { parent },
    );
    new aws.iam.RolePolicyAttachment(`${name}-${end}`, { role: role.name, policyArn: policy.arn }, { parent });
  }
  return role;
}
