import { readEnvironment } from "../environment-reader";
import type { DatabaseEndpoint } from "../postgres";

export interface MigrationEnvironment {
  port: number;
  /** Name of the database. */
  name: string;
  /** Secret of the service's user, which gets its first value here. */
  serviceSecretArn: string;
}

export const readMigrationEnvironment = (variables: NodeJS.ProcessEnv): MigrationEnvironment =>
  readEnvironment(variables, (reader) => ({
    port: reader.port("DATABASE_PORT"),
    name: reader.text("DATABASE_NAME"),
    serviceSecretArn: reader.arn("SERVICE_SECRET_ARN"),
  }));

/**
 * What an invocation tells: where the database is, which is known once it stands. Not the port, so that whoever may invoke the function cannot have it sign in
 * anywhere but where its security group lets it go by that port.
 */
export interface MigrationInput {
  host: DatabaseEndpoint["host"];
  /** Secret of the user that migrates, in the form {"username", "password"}. */
  masterSecretArn: string;
}

export const readMigrationInput = (
  input: Partial<Record<"DATABASE_HOST" | "DATABASE_SECRET_ARN", string>>,
): MigrationInput =>
  readEnvironment(input, (reader) => ({
    host: reader.host("DATABASE_HOST"),
    masterSecretArn: reader.arn("DATABASE_SECRET_ARN"),
  }));
