import type { Redis } from "ioredis";
import { isRefusedByRedis, openRedis, type RedisEndpoint } from "./redis";
import type { Secret } from "./secret";
import { TimeLimitError, withTimeLimit } from "./time-limit";
import { UnavailableError } from "./unavailable-error";

/** Milliseconds until a connection stands, and for a command. */
const limit = 2000;

/** Redis with verified TLS and a token that may rotate at any time: one connection, opened anew when it is lost. */
export class RedisConnection {
  private connection?: Promise<Redis>;
  /** Whose other end may be gone without a word: they look as if they stood for as long as nobody closes them there. */
  private readonly givenUp = new WeakSet<Redis>();

  constructor(
    private readonly endpoint: RedisEndpoint,
    private readonly secret: Secret<string>,
  ) {}

  /**
   * Runs commands on the connection, and once more on another where it turns out to be lost: so they must be such that
   * running them twice does no harm. Never waits beyond the limit.
   *
   * @throws UnavailableError whatever the reason
   */
  async run<T>(commands: (client: Redis) => Promise<T>): Promise<T> {
    try {
      return await this.attempt(commands).catch((error: unknown) => {
        if (!(error instanceof LostConnection)) throw error;
        return this.attempt(commands);
      });
    } catch (error) {
      throw new UnavailableError("cache", error instanceof LostConnection ? error.cause : error);
    }
  }

  async close(): Promise<void> {
    const { connection } = this;
    this.connection = undefined;
    (await connection)?.disconnect();
  }

  private async attempt<T>(commands: (client: Redis) => Promise<T>): Promise<T> {
    const client = await this.connect();
    try {
      return await withTimeLimit(limit, commands(client));
    } catch (error) {
      if (error instanceof TimeLimitError || isReadOnly(error)) this.giveUp(client);
      if (error instanceof TimeLimitError || this.isStanding(client)) throw error;
      throw new LostConnection("the connection was lost", { cause: error });
    }
  }

  private async connect(): Promise<Redis> {
    const connection = (this.connection ??= this.open());
    try {
      const client = await connection;
      if (this.isStanding(client)) return client;
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

  private giveUp(client: Redis): void {
    this.givenUp.add(client);
    client.disconnect();
  }

  private isStanding(client: Redis): boolean {
    return client.status === "ready" && !this.givenUp.has(client);
  }

  private open(): Promise<Redis> {
    return this.secret.use((token) => openRedis(this.endpoint, token, limit), isRefusedByRedis);
  }
}

class LostConnection extends Error {}

/** What a node answers that was the primary until a failover. */
const isReadOnly = (error: unknown) => error instanceof Error && error.message.startsWith("READONLY");
