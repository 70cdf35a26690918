import { isIP } from "node:net";
import { createClient, ErrorReply } from "@redis/client";
import { withTimeLimit } from "./time-limit";

/** Where Redis listens, with TLS. */
export interface RedisEndpoint {
  host: string;
  port: number;
}

export type RedisClient = Awaited<ReturnType<typeof openRedis>>;

/**
 * Opens one authenticated connection over TLS that the trust store vouches for, or fails within the limit.
 * It is not renewed: once lost, commands fail at once and the caller opens another, so that a container that was
 * frozen never works through a queue of what nobody waits for any longer.
 *
 * @param limit milliseconds for the whole of it
 */
export async function openRedis({ host, port }: RedisEndpoint, password: string, limit: number) {
  const client = createClient({
    password,
    disableOfflineQueue: true,
    // Notices of Redis Enterprise, which ElastiCache does not send.
    maintNotifications: "disabled",
    socket: {
      host,
      port,
      tls: true,
      rejectUnauthorized: true,
      // An IP address is checked against the certificate too, but may not be sent as server name (RFC 6066).
      servername: isIP(host) === 0 ? host : undefined,
      connectTimeout: limit,
      reconnectStrategy: false,
    },
  });
  // Whoever sends a command learns of a loss by its failure; without a listener the loss would end the process.
  client.on("error", () => undefined);
  try {
    await withTimeLimit(limit, client.connect());
    return client;
  } catch (error) {
    client.destroy();
    throw error;
  }
}

/** Whether Redis answered and refused the password. */
export const isRefusedByRedis = (error: unknown): boolean =>
  error instanceof ErrorReply && /^(WRONGPASS|NOAUTH|NOPERM)\b/.test(error.message);
