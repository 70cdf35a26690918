import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type Environment } from "./environment";
import { type VpcFunction } from "./vpc-function";

export interface SecretRotationArgs {
  environment: Environment;
  /** Rotates the secret, one step at each invocation. */
  rotation: VpcFunction;
  secretArn: pulumi.Input<string>;
  /** What must exist, beside the function and its ways to AWS, before the secret can be rotated. */
  after: pulumi.Resource[];
  /** Days between rotations. */
  rotationDays: number;
}

/**
 * Lets Secrets Manager rotate a secret by a function, on schedule (FSBP SecretsManager.1 and .4). The schedule is made once the function works: Secrets
 * Manager tries it at once, on the secret as it is.
 */
export function createSecretRotation(parent: pulumi.Resource, name: string, args: SecretRotationArgs): void {
  const { environment, rotation, secretArn, after, rotationDays } = args;
  const permission = new aws.lambda.Permission(
    "secrets-manager",
    {
      function: rotation.function.name,
      action: "lambda:InvokeFunction",
      principal: "secretsmanager.amazonaws.com",
      sourceAccount: environment.accountId,
    },
    { parent },
  );
  new aws.secretsmanager.SecretRotation(
    name,
    {
      secretId: secretArn,
      rotationLambdaArn: rotation.function.arn,
      rotationRules: { automaticallyAfterDays: rotationDays },
      // At once would race with the clients that start during the same `up`.
      rotateImmediately: false,
    },
    { parent, dependsOn: [permission, ...rotation.pathsToAws, ...after] },
  );
}
