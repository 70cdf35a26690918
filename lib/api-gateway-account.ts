import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument } from "./iam";

/** The role that API Gateway writes its logs with; one for the account, whichever environment made it. */
export const apiGatewayAccountRoleName = "api-gateway-cloudwatch-logs";

export interface ApiGatewayAccountArgs {
  partition: string;
  /** Whether the account has the role already, from an environment before this one. */
  roleExists: boolean;
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
    return new aws.iam.Role(
      "api-gateway-logs",
      {
        name: apiGatewayAccountRoleName,
        description: "Lets API Gateway write logs; shared by all environments of the account",
        assumeRolePolicy: policyDocument([
          { Effect: "Allow", Principal: { Service: "apigateway.amazonaws.com" }, Action: "sts:AssumeRole" },
        ]),
      },
      { parent: this, retainOnDelete: true, import: this.args.roleExists ? apiGatewayAccountRoleName : undefined },
    );
  }

  private attachPolicy(role: aws.iam.Role) {
    return new aws.iam.RolePolicyAttachment(
      "api-gateway-logs",
      {
        role: role.name,
        policyArn: `arn:${this.args.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs`,
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

/** Whether the account has the role of an environment before this one. */
export async function apiGatewayAccountRoleExists(opts: pulumi.InvokeOptions): Promise<boolean> {
  try {
    await aws.iam.getRole({ name: apiGatewayAccountRoleName }, opts);
    return true;
  } catch (error) {
    if (error instanceof Error && /NoSuchEntity|couldn't find resource|not found/i.test(error.message)) return false;
    throw error;
  }
}
