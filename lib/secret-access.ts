import * as pulumi from "@pulumi/pulumi";
import { regionalArn, type Environment } from "./environment";
import { type Statement, type StatementArgs } from "./iam";
import { resourceName } from "./naming";

type Arns = pulumi.Input<string> | pulumi.Input<string>[];

/** Reads what secrets hold now. */
export function readSecrets(environment: Environment, secretArns: Arns, keyArn: pulumi.Input<string>): StatementArgs[] {
  return [
    { Sid: "ReadCredentials", Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: secretArns },
    useSecretsKey(environment, keyArn, "kms:Decrypt"),
  ];
}

/**
 * Reads the login of the database's master. RDS chooses the name of its secret when it makes the database, but tags it with that database, whose name is known
 * before (RDS user guide, "Password management with RDS and AWS Secrets Manager"). The key's use is another statement.
 */
export function readMasterLogin(environment: Environment): Statement {
  const database = regionalArn(environment, "rds", `db:${resourceName("rds-postgres", environment.environmentSuffix)}`);
  return {
    Sid: "ReadMasterCredentials",
    Effect: "Allow",
    Action: "secretsmanager:GetSecretValue",
    Resource: regionalArn(environment, "secretsmanager", "secret:rds!db-*"),
    Condition: { StringEquals: { "aws:ResourceTag/aws:rds:primaryDBInstanceArn": database } },
  };
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
