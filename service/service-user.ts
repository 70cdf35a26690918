import { GetRandomPasswordCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { escapeIdentifier, escapeLiteral, type ClientBase } from "pg";
import { scramVerifier } from "./scram";

/** The users that the service logs in as, by turns; both may do the same. */
export const serviceUsers = ["records_service_1", "records_service_2"] as const;

export type ServiceUser = (typeof serviceUsers)[number];

/** Characters of a generated password, which are letters and digits. */
export const passwordLength = 40;

export async function generatePassword(secrets: SecretsManagerClient): Promise<string> {
  const { RandomPassword } = await secrets.send(
    new GetRandomPasswordCommand({ PasswordLength: passwordLength, ExcludePunctuation: true }),
  );
  if (RandomPassword?.length !== passwordLength) throw new Error("no password of the asked length was generated");
  return RandomPassword;
}

/** Replaces the password; connections that stand keep working. */
export async function setPassword(client: ClientBase, user: ServiceUser, password: string): Promise<void> {
  // A utility statement takes no parameters.
  await client.query(`ALTER ROLE ${escapeIdentifier(user)} PASSWORD ${escapeLiteral(scramVerifier(password))}`);
}
