import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";

type Fetch = (request: Request, sourceIp: string) => Response | Promise<Response>;

/**
 * Serves over HTTP on loopback and returns the port, which is any free one for 0.
 * @throws Error with the code EADDRINUSE where the port is taken
 */
export const listen = (fetch: Fetch, hostname: "127.0.0.1" | "localhost", port: number): Promise<number> =>
  new Promise((listening, failed) => {
    const server = serve(
      {
        fetch: (request, { incoming }) => fetch(request, incoming.socket.remoteAddress ?? ""),
        hostname,
        port,
      },
      (address: AddressInfo) => {
        listening(address.port);
      },
    );
    server.once("error", failed);
  });
