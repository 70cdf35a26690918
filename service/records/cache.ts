import type { Redis } from "ioredis";
import { isRefusedByRedis, openRedis, type RedisEndpoint } from "../redis";
import { TimeLimitError, withTimeLimit } from "../time-limit";
import type { Secret } from "../secret";

/** Milliseconds until a connection stands, and for a command. */
const limit = 2000;

/** Redis with verified TLS and a token that may rotate at any time: one connection, opened anew when it is lost. */
export class Cache {
  private connection?: Promise<Redis>;

  constructor(
    private readonly endpoint: RedisEndpoint,
    private readonly secret: Secret<string>,
  ) {}

  /** Runs commands on the connection. Fails at once where there is none to be had, and never waits beyond the limit. */
  async run<T>(commands: (client: Redis) => Promise<T>): Promise<T> {
    const client = await this.connect();
    try {
      return await withTimeLimit(limit, commands(client));
    } catch (error) {
      // The other end may be gone without a word.
      if (error instanceof TimeLimitError) client.disconnect();
      throw error;
    }
  }

  async close(): Promise<void> {
    const { connection } = this;
    this.connection = undefined;
    (await connection)?.disconnect();
  }

  private async connect(): Promise<Redis> {
    const connection = (this.connection ??= this.open());
    try {
      const client = await connection;
      if (client.status === "ready") return client;
    } catch (error) {
      this.forget(connection);
      throw error;
    }
    this.forget(connection);
    return this.connect();
  }

  /** Unless another run has opened a new one already. */
  private forget(connection: Promise<Redis>): void {
    if (this.connection === connection) this.connection = undefined;
  }

  private open(): Promise<Redis> {
    return this.secret.use((token) => openRedis(this.endpoint, token, limit), isRefusedByRedis);
  }
}
