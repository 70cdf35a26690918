import { isIP } from "node:net";
import { Redis } from "ioredis";
import { withTimeLimit } from "./time-limit";

/** Where Redis listens, with TLS. */
export interface RedisEndpoint {
  host: string;
  port: number;
}

/** Milliseconds that the other end has for agreeing to be left. */
const closeLimit = 100;

/**
 * Opens one authenticated connection over TLS that the trust store vouches for, or fails within the limit.
 * It is not renewed: once lost, commands fail at once and the caller opens another, so that a container that was
 * frozen never works through a queue of what nobody waits for any longer.
 *
 * @param limit milliseconds for the whole of it
 */
export async function openRedis({ host, port }: RedisEndpoint, password: string, limit: number): Promise<Redis> {
  const client = new Redis({
    host,
    port,
    password,
    // An IP address is checked against the certificate too, but may not be sent as server name (RFC 6066).
    tls: { rejectUnauthorized: true, servername: isIP(host) === 0 ? host : undefined },
    connectTimeout: limit,
    disconnectTimeout: closeLimit,
    lazyConnect: true,
    disableClientInfo: true,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
    retryStrategy: null,
  });
  // The first says why a connection does not stand. Later ones are known by the commands that fail; without a
  // listener they would end the process.
  let reason: Error | undefined;
  client.on("error", (error) => (reason ??= error));
  try {
    await withTimeLimit(
      limit,
      client.connect().then(() => client.ping()),
    );
    return client;
  } catch (error) {
    client.disconnect();
    throw reason ?? error;
  }
}

/** Whether Redis answered and refused the password. */
export const isRefusedByRedis = (error: unknown): boolean =>
  error instanceof Error && error.name === "ReplyError" && /^(WRONGPASS|NOAUTH|NOPERM)\b/.test(error.message);
