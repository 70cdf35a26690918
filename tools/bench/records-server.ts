/** Serves the records API over HTTP, and beside it, in the same way, a route of the same framework that does nothing. */
import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { type HttpBindings, serve } from "@hono/node-server";
import { Hono } from "hono";
import type { Bindings } from "../../service/records/app";
import { serviceFromEnvironment } from "../../service/records/from-environment";

/** What it says once it listens. */
export interface Ports {
  records: number;
  empty: number;
}

/** What it answers whenever it is asked. */
export interface Usage {
  /** Microseconds of all its threads, since its start. */
  cpu: number;
  /** Bytes that were resident at most, since its start. */
  memory: number;
}

const { app, publishMetrics } = serviceFromEnvironment(process.env);

const empty = new Hono<{ Bindings: Bindings }>().get("/", (c) => c.body(null));

function listen({ fetch }: Pick<typeof app, "fetch">): Promise<number> {
  const answer = async (request: Request, { incoming }: HttpBindings) => {
    const sourceIp = incoming.socket.remoteAddress ?? "";
    try {
      return await fetch(request, { requestContext: { requestId: randomUUID(), identity: { sourceIp } } });
    } finally {
      // After each request, as in Lambda.
      publishMetrics();
    }
  };
  return new Promise((listening) => {
    serve({ fetch: answer as never, hostname: "127.0.0.1", port: 0 }, ({ port }: AddressInfo) => {
      listening(port);
    });
  });
}

process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpu: user + system, memory: process.resourceUsage().maxRSS * 1024 } satisfies Usage);
});

void Promise.all([listen(app), listen(empty)]).then(([records, empty]) =>
  process.send?.({ records, empty } satisfies Ports),
);
