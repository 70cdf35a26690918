import * as pulumi from "@pulumi/pulumi";
import { type Environment } from "./environment";
import { type StatementArgs } from "./iam";

type Arns = pulumi.Input<string> | pulumi.Input<string>[];

/** Reads what secrets hold now. */
export function readSecrets(environment: Environment, secretArns: Arns, keyArn: pulumi.Input<string>): StatementArgs[] {
  return [
    { Sid: "ReadCredentials", Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: secretArns },
    useSecretsKey(environment, keyArn, "kms:Decrypt"),
  ];
}

/** Generates passwords and puts them into secrets, which other statements name. */
export function writeSecrets(environment: Environment, keyArn: pulumi.Input<string>): StatementArgs[] {
  return [
    {
      Sid: "GeneratePassword",
      Effect: "Allow",
      // Concerns no secret (Service authorization reference, "AWS Secrets Manager").
      Action: "secretsmanager:GetRandomPassword",
      Resource: "*",
    },
    useSecretsKey(environment, keyArn, ["kms:Decrypt", "kms:GenerateDataKey"]),
  ];
}

/** Rotates one secret (Secrets Manager user guide, "Permissions for rotation"). */
export function rotateSecret(
  environment: Environment,
  secretArn: pulumi.Input<string>,
  keyArn: pulumi.Input<string>,
): StatementArgs[] {
  return [
    {
      Sid: "RotateSecret",
      Effect: "Allow",
      Action: [
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
      ],
      Resource: secretArn,
    },
    ...writeSecrets(environment, keyArn),
  ];
}

/** Through Secrets Manager only. */
function useSecretsKey(
  { region }: Environment,
  keyArn: pulumi.Input<string>,
  Action: string | string[],
): StatementArgs {
  return {
    Sid: "UseSecretsKey",
    Effect: "Allow",
    Action,
    Resource: keyArn,
    Condition: { StringEquals: { "kms:ViaService": `secretsmanager.${region}.amazonaws.com` } },
  };
}
