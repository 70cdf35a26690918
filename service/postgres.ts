import { DatabaseError, Pool, type PoolClient, type PoolConfig, type QueryResult, type QueryResultRow } from "pg";
import { type Secret, SecretFormatError } from "./secret";
import { UnavailableError } from "./unavailable-error";

export interface DatabaseCredentials {
  username: string;
  password: string;
}

/** Where PostgreSQL listens, with TLS, and the database there. */
export interface DatabaseEndpoint {
  host: string;
  port: number;
  name: string;
}

/** Connections a container keeps. The function's concurrency times this must fit the database's limit. */
const maximumConnections = 2;

/** Milliseconds that the server gives a statement. */
const statementLimit = 5000;

/** Milliseconds that its answer is waited for: longer, so that a server that still works gives up first, and says so. */
const answerLimit = 6000;

/** PostgreSQL with verified TLS and credentials that may rotate at any time. */
export class Database {
  private pool?: { credentials: DatabaseCredentials; connections: Pool };

  /** @param applicationName what the server shows for its connections */
  constructor(
    private readonly endpoint: DatabaseEndpoint,
    private readonly secret: Secret<DatabaseCredentials>,
    private readonly applicationName = "records-service",
  ) {}

  /**
   * Runs a statement that only reads: where its connection turns out to be lost, it runs again on another.
   *
   * @throws UnavailableError where PostgreSQL cannot be asked, or cannot answer at the moment
   */
  async query<Row extends QueryResultRow>(text: string, values: unknown[] = []): Promise<QueryResult<Row>> {
    for (let lost = 0; ; lost++)
      try {
        return await this.secret.use(
          (credentials) => this.connect(credentials).query<Row>(text, values),
          isRefusedByPostgres,
        );
      } catch (error) {
        if (lost === maximumConnections || !isLostConnection(error)) throw isAnswer(error) ? error : unavailable(error);
      }
  }

  /**
   * Runs statements that take effect together or not at all. Refused credentials and a connection that was lost while it
   * was idle cost another connection, as nothing has run yet; from then on a failure is the caller's. Where the
   * connection is lost during the commit, or no answer to it comes in time, the statements may have taken effect.
   *
   * @throws UnavailableError like `query`, and whatever `run` throws
   */
  async transaction<T>(run: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.begin();
    try {
      const result = await run(client);
      const { command } = await client.query("COMMIT");
      // PostgreSQL rolls back what had a failed statement, without an error.
      if (command !== "COMMIT") throw new Error("a statement of the transaction failed");
      client.release();
      return result;
    } catch (error) {
      // A connection that cannot roll back is closed, which rolls back as well.
      const isLost = isUnanswered(error) || !(await canRollBack(client));
      client.release(isLost);
      throw isLost || (error instanceof DatabaseError && !isAnswer(error)) ? unavailable(error) : error;
    }
  }

  async close(): Promise<void> {
    const { pool } = this;
    this.pool = undefined;
    await pool?.connections.end();
  }

  private async begin(): Promise<PoolClient> {
    for (let lost = 0; ; lost++) {
      const client = await this.secret
        .use((credentials) => this.connect(credentials).connect(), isRefusedByPostgres)
        .catch((error: unknown) => {
          throw unavailable(error);
        });
      try {
        await client.query("BEGIN");
        return client;
      } catch (error) {
        client.release(true);
        if (lost === maximumConnections || isUnanswered(error)) throw unavailable(error);
      }
    }
  }

  private connect(credentials: DatabaseCredentials): Pool {
    if (this.pool?.credentials === credentials) return this.pool.connections;
    // The pool before serves whoever waits in it, which one that is ended does not; then its connections idle out.
    const connections = this.createPool(credentials);
    this.pool = { credentials, connections };
    return connections;
  }

  private createPool(credentials: DatabaseCredentials): Pool {
    const pool = new Pool(poolConfig(this.endpoint, credentials, this.applicationName));
    // The pool replaces an idle connection that was lost; without a listener the loss would end the process.
    pool.on("error", () => undefined);
    // The same for one that is lost in use: its statement fails.
    pool.on("connect", (client) => client.on("error", () => undefined));
    return pool;
  }
}

/** Connections with verified TLS and a limit on everything that could wait. */
export const poolConfig = (
  { host, port, name }: DatabaseEndpoint,
  { username, password }: DatabaseCredentials,
  applicationName: string,
): PoolConfig => ({
  host,
  port,
  database: name,
  user: username,
  password,
  ssl: { rejectUnauthorized: true },
  application_name: applicationName,
  max: maximumConnections,
  connectionTimeoutMillis: 2000,
  idleTimeoutMillis: 60_000,
  statement_timeout: statementLimit,
  query_timeout: answerLimit,
  idle_in_transaction_session_timeout: statementLimit,
  keepAlive: true,
  allowExitOnIdle: true,
});

const unavailable = (error: unknown) => new UnavailableError("database", error);

/**
 * Classes of PostgreSQL's error codes that say nothing of the statement, only that it cannot be carried out now
 * (PostgreSQL, appendix A): connection, transaction state and rollback, authorization, resources, locks, shutdown, system.
 */
const momentary = /^(08|25|28|3D|40|53|55|57|58)/;

/** Whether PostgreSQL carried out the statement and refused it for what it says. */
const isAnswer = (error: unknown) => error instanceof DatabaseError && !momentary.test(error.code ?? "");

/** Neither pg nor Node.js has one name for it; 57P01 and 57P02 are a server's that shuts down. */
function isLostConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? String(error.code) : "";
  return (
    /^(ECONNRESET|EPIPE|57P01|57P02)$/.test(code) ||
    /^(Connection terminated unexpectedly|Client has encountered a connection error)/.test(error.message)
  );
}

/**
 * Whether an answer did not come in time, for which pg has no name: what else is sent on that connection would wait behind
 * the statement.
 */
const isUnanswered = (error: unknown) => error instanceof Error && error.message === "Query read timeout";

const canRollBack = (client: PoolClient): Promise<boolean> =>
  client.query("ROLLBACK").then(
    () => true,
    () => false,
  );

const invalidAuthorizationSpecification = "28000";
const invalidPassword = "28P01";

/** Whether PostgreSQL answered and refused the credentials. */
export const isRefusedByPostgres = (error: unknown): boolean =>
  error instanceof Error &&
  "code" in error &&
  [invalidAuthorizationSpecification, invalidPassword].includes(String(error.code));

/** Credentials in the form in which RDS keeps those that it manages. */
export function parseDatabaseCredentials(value: string): DatabaseCredentials {
  const { username, password } = parseObject(value);
  if (typeof username !== "string" || typeof password !== "string")
    throw new SecretFormatError("the database secret lacks a username or a password");
  return { username, password };
}

function parseObject(value: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(value)) as Record<string, unknown>;
  } catch {
    // The parser's own error quotes what it read.
    throw new SecretFormatError("the database secret is not JSON");
  }
}
