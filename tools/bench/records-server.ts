/** Serves the records API over HTTP, and beside it, in the same way, a route of the same framework that does nothing. */
import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import type { Bindings } from "../../service/records/app";
import { serviceFromEnvironment } from "../../service/records/from-environment";
import { listen } from "../listen";

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

function serve({ fetch }: Pick<typeof app, "fetch">): Promise<number> {
  const answer = async (request: Request, sourceIp: string) => {
    try {
      return await fetch(request, { requestContext: { requestId: randomUUID(), identity: { sourceIp } } });
    } finally {
      // After each request, as in Lambda.
      publishMetrics();
    }
  };
  return listen(answer, "127.0.0.1", 0);
}

process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpu: user + system, memory: process.resourceUsage().maxRSS * 1024 } satisfies Usage);
});

void Promise.all([serve(app), serve(empty)]).then(([records, empty]) =>
  process.send?.({ records, empty } satisfies Ports),
);
