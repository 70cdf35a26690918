import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  type GetSecretValueCommandInput,
} from "@aws-sdk/client-secrets-manager";
import { aws, outputs, present } from "./stack";

/** What nothing but Secrets Manager may tell. */
export interface SecretValues {
  /** Every token that the secret of Redis has a version of. */
  redisTokens: string[];
  databaseUsername: string;
  databasePassword: string;
}

export async function secretValues(): Promise<SecretValues> {
  const redis = { SecretId: outputs.redisAuthSecretArn };
  const { VersionIdsToStages = {} } = await aws.secretsManager.send(new DescribeSecretCommand(redis));
  const redisTokens = await Promise.all(
    Object.keys(VersionIdsToStages).map((VersionId) => secretString({ ...redis, VersionId })),
  );
  const master = JSON.parse(await secretString({ SecretId: outputs.databaseSecretArn })) as Record<string, string>;
  return {
    redisTokens,
    databaseUsername: present(master.username, "username of the master"),
    databasePassword: present(master.password, "password of the master"),
  };
}

export async function secretString(secret: GetSecretValueCommandInput): Promise<string> {
  const { SecretString } = await aws.secretsManager.send(new GetSecretValueCommand(secret));
  return present(SecretString, `value of ${secret.SecretId ?? ""}`);
}

/** The secret values that a text holds; what a failed assertion prints of it are their number, not the values. */
export function secretsIn(text: string, { redisTokens, databasePassword }: SecretValues): { found: number } {
  const values = [...redisTokens, databasePassword];
  return {
    found: values.filter((value) => text.includes(value) || text.includes(JSON.stringify(value).slice(1, -1))).length,
  };
}
