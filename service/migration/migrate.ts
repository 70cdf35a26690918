import { Kysely, type Migration, Migrator, PostgresDialect } from "kysely";
import type { Pool } from "pg";

/** Why the schema could not be brought up to date, in words that quote no data. */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
}

/**
 * Applies what has not been applied yet, all of it or nothing, and returns the names of what it applied. Safe to repeat, and at the same time
 * as another: the second waits and finds nothing to do.
 *
 * @param pool of a user that owns the database and may create roles
 */
export async function migrate(pool: Pool, migrations: Record<string, Migration>): Promise<string[]> {
  const database = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: () => Promise.resolve(migrations) },
    migrationTableSchema: "migrations",
  });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error) {
    const failed = results.find(({ status }) => status === "Error")?.migrationName ?? "the migrations' own tables";
    throw new MigrationError(`${failed}: ${sqlState(error)}`);
  }
  return results.map(({ migrationName }) => migrationName);
}

/** PostgreSQL's messages can quote rows; its codes cannot (PostgreSQL, appendix A). */
const sqlState = (error: unknown) =>
  error instanceof Error ? ("code" in error ? `${error.name}, SQLSTATE ${String(error.code)}` : error.name) : "failed";
