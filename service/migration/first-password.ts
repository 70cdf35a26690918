import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import type { Pool } from "pg";
import { generatePassword, serviceUsers, setPassword } from "../service-user";

/** Any number that no other lock in this database has. */
const lock = 5_210_447_001;

/**
 * Gives the service's first user a password where its secret has no value yet; from then on rotation owns both. The
 * password is made here, so that no state of a deployment ever holds it. Repeated after a failure it makes another one,
 * and two at the same time agree on the first's.
 */
export async function ensureFirstPassword(pool: Pool, secrets: SecretsManagerClient, secretArn: string): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [lock]);
    if (await hasValue(secrets, secretArn)) return;
    const [username] = serviceUsers;
    const password = await generatePassword(secrets);
    await setPassword(client, username, password);
    await secrets.send(
      new PutSecretValueCommand({ SecretId: secretArn, SecretString: JSON.stringify({ username, password }) }),
    );
  } finally {
    // The lock goes with the connection.
    client.release(true);
  }
}

async function hasValue(secrets: SecretsManagerClient, secretArn: string): Promise<boolean> {
  try {
    await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }));
    return true;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return false;
    throw error;
  }
}
