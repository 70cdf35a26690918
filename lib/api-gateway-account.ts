import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument } from "./iam";

/** The role that API Gateway writes its logs with; one for the account, whichever environment made it. */
export const apiGatewayAccountRoleName = "api-gateway-cloudwatch-logs";

/** AWS's policy with all that the role may do. */
export const apiGatewayLogsPolicyArn = (partition: string) =>
  `arn:${partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs`;

/** What may differ between accounts in the role. */
export interface ApiGatewayAccountRole {
  permissionsBoundary: string | undefined;
}

export interface ApiGatewayAccountArgs {
  partition: string;
  /** The role, if the account has it already: from the bootstrap, or from an environment before this one. It stays as it is. */
  existingRole: ApiGatewayAccountRole | undefined;
  /** ARN of the policy that limits the role if it is made here; undefined for none. */
  permissionsBoundary: string | undefined;
}

/**
 * API Gateway's permission to write logs. It is one setting for a whole account and region, so no environment owns it: each makes sure of it
 * and leaves it in place when destroyed, or another environment would lose its logs (API Gateway developer guide, "Set up CloudWatch logging").
 * Give it a provider without the environment's default tags.
 */
export class ApiGatewayAccount extends pulumi.ComponentResource {
  /** Stages with logging need it. */
  readonly ready: pulumi.Resource;

  constructor(
    name: string,
    private readonly args: ApiGatewayAccountArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("tap:api:ApiGatewayAccount", name, {}, opts);

    const role = this.createRole();
    this.ready = this.createAccount(role, this.attachPolicy(role));

    this.registerOutputs({});
  }

  private createRole() {
    const { existingRole, permissionsBoundary } = this.args;
    return new aws.iam.Role(
      "api-gateway-logs",
      {
        name: apiGatewayAccountRoleName,
        description: "Lets API Gateway write logs; shared by all environments of the account",
        assumeRolePolicy: policyDocument([
          { Effect: "Allow", Principal: { Service: "apigateway.amazonaws.com" }, Action: "sts:AssumeRole" },
        ]),
        permissionsBoundary: existingRole ? existingRole.permissionsBoundary : permissionsBoundary,
      },
      {
        parent: this,
        retainOnDelete: true,
        import: existingRole && apiGatewayAccountRoleName,
        // The account's owners may have changed them; what differs from the program cannot be imported.
        ignoreChanges: existingRole && ["description", "tags"],
      },
    );
  }

  private attachPolicy(role: aws.iam.Role) {
    return new aws.iam.RolePolicyAttachment(
      "api-gateway-logs",
      {
        role: role.name,
        policyArn: apiGatewayLogsPolicyArn(this.args.partition),
      },
      { parent: this, retainOnDelete: true },
    );
  }

  private createAccount(role: aws.iam.Role, permission: aws.iam.RolePolicyAttachment) {
    return new aws.apigateway.Account(
      "account",
      { cloudwatchRoleArn: role.arn },
      { parent: this, retainOnDelete: true, dependsOn: permission },
    );
  }
}

/** The role, if the account has it. */
export async function findApiGatewayAccountRole(
  opts: pulumi.InvokeOptions,
): Promise<ApiGatewayAccountRole | undefined> {
  try {
    const { permissionsBoundary } = await aws.iam.getRole({ name: apiGatewayAccountRoleName }, opts);
    return { permissionsBoundary: permissionsBoundary || undefined };
  } catch (error) {
    if (error instanceof Error && /NoSuchEntity|couldn't find resource|not found/i.test(error.message)) {
      return undefined;
    }
    throw error;
  }
}
