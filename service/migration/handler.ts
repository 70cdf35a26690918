import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { Pool } from "pg";
import type { Log } from "../log";
import { isRefusedByPostgres, parseDatabaseCredentials, poolConfig } from "../postgres";
import { Secret, secretText } from "../secret";
import { type MigrationEnvironment, readMigrationInput } from "./environment";
import { migrate, MigrationError } from "./migrate";
import { migrations } from "./migrations";
import { ensureLogin } from "./service-login";

/** Milliseconds one migration may take; the function itself may run 15 minutes. */
const statementLimit = 600_000;

/** Milliseconds for a lock: whoever comes after a statement that waits for one waits behind it, the service too. */
const lockLimit = 5000;

export interface MigrationHandlerArgs {
  environment: MigrationEnvironment;
  secrets: SecretsManagerClient;
  log: Log;
}

export interface MigrationResult {
  /** Names of the migrations that this invocation applied. */
  applied: string[];
}

/** Brings the schema up to date and sees to it that the service can log in. Its answer is kept in a deployment's state: it holds no secret. */
export function createHandler({ environment, secrets, log }: MigrationHandlerArgs) {
  const { port, name, serviceSecretArn } = environment;
  return async (input: Parameters<typeof readMigrationInput>[0]): Promise<MigrationResult> => {
    const { host, masterSecretArn } = readMigrationInput(input);
    const master = new Secret(secretText(secrets, masterSecretArn), parseDatabaseCredentials);
    const applied = await master
      .use(async (credentials) => {
        const pool = new Pool({ ...poolConfig({ host, port, name }, credentials, "schema-migration"), ...limits });
        pool.on("error", () => undefined);
        try {
          // Refused credentials must show as what they are, not as a failed migration.
          await pool.query("SELECT 1");
          const names = await migrate(pool, migrations);
          await ensureLogin(pool, secrets, serviceSecretArn);
          return names;
        } finally {
          await pool.end();
        }
      }, isRefusedByPostgres)
      .catch((error: unknown) => {
        throw error instanceof MigrationError
          ? error
          : new MigrationError(error instanceof Error ? error.name : "failed");
      });
    log.info("migrated", { applied });
    return { applied };
  };
}

const limits = { statement_timeout: statementLimit, query_timeout: statementLimit, lock_timeout: lockLimit, max: 2 };
