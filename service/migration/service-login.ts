import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import type { Pool } from "pg";
import { type Login, loginFormat } from "../database-rotation/login";
import { generatePassword, serviceUsers, setPassword } from "../service-user";
import { MigrationError } from "./migrate";

/** Any number that no other lock in this database has. */
const lock = 5_210_447_001;

/**
 * Makes PostgreSQL take the login of the service's secret. Its first one is made here, so that no state of a deployment
 * ever holds it. One that is there may be newer than the database: that may have been replaced, or restored to a moment
 * before the last rotation. Two at the same time agree on the first's login; a rotation meanwhile changes the other
 * user's password only.
 */
export async function ensureLogin(pool: Pool, secrets: SecretsManagerClient, secretArn: string): Promise<void> {
  const client = await pool.connect();
  try {
    // Nobody waits behind this lock but another migration, which waits for Secrets Manager meanwhile.
    await client.query("SET lock_timeout = 0");
    await client.query("SELECT pg_advisory_lock($1)", [lock]);
    const { username, password } = (await findLogin(secrets, secretArn)) ?? (await createLogin(secrets, secretArn));
    await setPassword(client, username, password);
  } finally {
    // The lock goes with the connection.
    client.release(true);
  }
}

/** Null where the secret has no value yet. */
async function findLogin(secrets: SecretsManagerClient, secretArn: string): Promise<Login | null> {
  try {
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }));
    const login = loginFormat.parse(SecretString ?? "");
    if (login === null) throw new MigrationError(`the service's secret does not hold ${loginFormat.name}`);
    return login;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  }
}

async function createLogin(secrets: SecretsManagerClient, secretArn: string): Promise<Login> {
  const login = { username: serviceUsers[0], password: await generatePassword(secrets) };
  await secrets.send(new PutSecretValueCommand({ SecretId: secretArn, SecretString: loginFormat.write(login) }));
  return login;
}
