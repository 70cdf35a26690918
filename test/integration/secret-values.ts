import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  type GetSecretValueCommandInput,
} from "@aws-sdk/client-secrets-manager";
import { parseDatabaseCredentials } from "../../service/postgres";
import { aws, nameOf, outputs, present } from "./stack";

/** What nothing but Secrets Manager may tell. */
export interface SecretValues {
  /** Every token that the secret of Redis has a version of. */
  redisTokens: string[];
  /** The service's password for the database in every version of its secret. */
  servicePasswords: string[];
  databaseUsername: string;
  databasePassword: string;
}

export async function secretValues(): Promise<SecretValues> {
  const redisTokens = await allVersions(outputs.redisAuthSecretArn);
  const logins = await allVersions(nameOf("records-database"));
  const master = JSON.parse(await secretString({ SecretId: outputs.databaseSecretArn })) as Record<string, string>;
  return {
    redisTokens,
    servicePasswords: logins.map((login) => parseDatabaseCredentials(login).password),
    databaseUsername: present(master.username, "username of the master"),
    databasePassword: present(master.password, "password of the master"),
  };
}

async function allVersions(SecretId: string): Promise<string[]> {
  const { VersionIdsToStages = {} } = await aws.secretsManager.send(new DescribeSecretCommand({ SecretId }));
  return Promise.all(Object.keys(VersionIdsToStages).map((VersionId) => secretString({ SecretId, VersionId })));
}

export async function secretString(secret: GetSecretValueCommandInput): Promise<string> {
  const { SecretString } = await aws.secretsManager.send(new GetSecretValueCommand(secret));
  return present(SecretString, `value of ${secret.SecretId ?? ""}`);
}

/** The secret values that a text holds; what a failed assertion prints of it are their number, not the values. */
export function secretsIn(
  text: string,
  { redisTokens, servicePasswords, databasePassword }: SecretValues,
): { found: number } {
  const values = [...redisTokens, ...servicePasswords, databasePassword];
  return {
    found: values.filter((value) => text.includes(value) || text.includes(JSON.stringify(value).slice(1, -1))).length,
  };
}
