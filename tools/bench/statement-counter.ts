import { Client } from "pg";
import type { PostgresServer } from "../servers/postgres-server";

/** Counts what PostgreSQL itself says that it has run (PostgreSQL, F.32 "pg_stat_statements"). */
export class StatementCounter {
  private constructor(private readonly client: Client) {}

  /** Restarts the server, as it counts only from its start on. */
  static async install(postgres: PostgresServer): Promise<StatementCounter> {
    await postgres.administer("ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'");
    await postgres.process.stop();
    await postgres.process.start();
    const client = new Client({ host: postgres.folder, port: postgres.port, user: "admin", database: "postgres" });
    await client.connect();
    await client.query("CREATE EXTENSION pg_stat_statements");
    return new StatementCounter(client);
  }

  /** Statements in all other databases so far. */
  async count(): Promise<number> {
    const { rows } = await this.client.query<{ count: string }>(
      `SELECT coalesce(sum(calls), 0) AS count FROM pg_stat_statements
       WHERE dbid <> (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    return Number(rows[0]?.count);
  }

  close(): Promise<void> {
    return this.client.end();
  }
}
