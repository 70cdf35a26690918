import type { Writable } from "node:stream";
import type { Redis } from "ioredis";
import { isRefusedByRedis, loadRedis, openRedis, type RedisEndpoint } from "./redis";
import type { Secret } from "./secret";
import { TimeLimitError, withTimeLimit } from "./time-limit";
import { UnavailableError } from "./unavailable-error";

/** Milliseconds until a connection stands, and for a command. */
const limit = 2000;

/**
 * Milliseconds that a connection may be unused: while a function is frozen, the network may forget the connection without
 * a word, and what is sent on it is never answered.
 */
const idleLimit = 60_000;

/**
 * Redis with verified TLS and a token that may rotate at any time: one connection, opened anew when it is lost or was
 * unused for a while.
 */
export class RedisConnection {
  private connection?: Promise<Redis>;
  /** Milliseconds since 1970. */
  private usedAt = 0;
  /** What is lost looks as if it stood until the other end closes it, and until this process has learnt of that. */
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
    sendTogether(client.stream);
    try {
      return await withTimeLimit(limit, commands(client));
    } catch (error) {
      if (isAnswer(error)) throw error;
      this.giveUp(client);
      throw error instanceof TimeLimitError ? error : new LostConnection("the connection was lost", { cause: error });
    }
  }

  private async connect(): Promise<Redis> {
    const connection = (this.connection ??= this.open());
    try {
      const client = await connection;
      if (Date.now() - this.usedAt > idleLimit) this.giveUp(client);
      this.usedAt = Date.now();
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
    this.usedAt = Date.now();
    // Loads while the token is being read.
    void loadRedis();
    return this.secret.use((token) => openRedis(this.endpoint, token, limit), isRefusedByRedis);
  }
}

/** What is written in this turn of the event loop leaves as one: in one TLS record, by one system call. */
function sendTogether(stream: Writable): void {
  if (stream.writableCorked > 0) return;
  stream.cork();
  setImmediate(() => {
    stream.uncork();
  });
}

class LostConnection extends Error {}

/** Whether Redis answered. A node that was the primary until a failover says that it is READONLY: another connection finds the new one. */
const isAnswer = (error: unknown) =>
  error instanceof Error && error.name === "ReplyError" && !error.message.startsWith("READONLY");
