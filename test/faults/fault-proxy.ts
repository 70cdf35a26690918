import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { errorAnswer, operationOf, protocolOf } from "./aws-errors";

/** How AWS may fail. */
export type Fault =
  | FaultOfSome
  /** Refuses every request after so many, as the credentials have expired. */
  | { kind: "expired"; after: number };

/** Ways to fail at some requests. */
type KindOfSome =
  /** Refuses them, as they are too many. */
  | "throttled"
  /** Answers them with an error of its own, 500 or 503. */
  | "failing"
  /** Cuts their connections before the request, and at times accepts none for a second. */
  | "unreachable"
  /** Does what they ask for, and cuts the connection before the answer. */
  | "unanswered";

export interface FaultOfSome {
  kind: KindOfSome;
  /** Share of the requests that are hit. */
  rate: number;
  /** Number of the request that is hit in any case, as there may be few. */
  certain: number;
}

/** A share of the faults that make AWS unreachable: the others only cut one connection. */
const refusals = 0.1;

/** Stands between an engine and the local AWS, and passes everything on until it is told to fail. */
export class FaultProxy {
  /** Every fault, by the operation that it hit. */
  readonly injected: string[] = [];
  private fault: Fault | undefined;
  private count = 0;
  private port = 0;
  /** Whether it accepts connections, may not for a moment, or will not again. */
  private door: "open" | "shut" | "locked" = "open";
  private readonly agent = new Agent({ keepAlive: true });
  private readonly server: Server;

  /**
   * @param target URL of the local AWS
   * @param seed of the choice of requests
   * @param log file that every fault is written to
   */
  static async start(target: string, seed: number, log: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(new URL(target), seededRandom(seed), log);
    await proxy.listen();
    return proxy;
  }

  private constructor(
    private readonly target: URL,
    private readonly random: () => number,
    private readonly log: string,
  ) {
    this.server = createServer((incoming, answer) => {
      this.handle(incoming, answer).catch(() => incoming.socket.destroy());
    });
  }

  get endpoint(): string {
    return `http://localhost:${this.port}`;
  }

  /** From now on fails like this; not at all if undefined. */
  inject(fault: Fault | undefined): void {
    this.fault = fault;
    this.count = 0;
  }

  /** Requests since it was last told how to fail. */
  get requests(): number {
    return this.count;
  }

  async stop(): Promise<void> {
    this.door = "locked";
    this.server.closeAllConnections();
    this.agent.destroy();
    await new Promise((closed) => this.server.close(closed));
  }

  /** Always on the port of the first time. */
  private async listen(): Promise<void> {
    await new Promise<void>((listening) => this.server.listen(this.port, "127.0.0.1", listening));
    this.port = (this.server.address() as AddressInfo).port;
  }

  private async handle(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = await read(incoming);
    this.count += 1;
    const { fault } = this;
    if (!fault || !this.hits(fault)) {
      await this.forward(incoming, body, answer);
      return;
    }
    const operation = operationOf(incoming, body);
    this.injected.push(operation);
    appendFileSync(this.log, `${new Date().toISOString()} ${fault.kind} ${operation}\n`);
    switch (fault.kind) {
      case "unreachable":
        incoming.socket.destroy();
        if (this.random() < refusals) await this.refuseConnections();
        return;
      case "unanswered":
        await this.forward(incoming, body, undefined);
        incoming.socket.destroy();
        return;
      default: {
        const { status, headers, text } = errorAnswer(fault.kind, protocolOf(incoming, body), this.random);
        answer.writeHead(status, headers).end(text);
      }
    }
  }

  private hits(fault: Fault): boolean {
    if (fault.kind === "expired") return this.count > fault.after;
    return this.count === fault.certain || this.random() < fault.rate;
  }

  private async refuseConnections(): Promise<void> {
    if (this.door !== "open") return;
    this.door = "shut";
    this.server.close();
    this.server.closeIdleConnections();
    await sleep(1000);
    if (this.isLocked()) return;
    this.door = "open";
    await this.listen();
  }

  private isLocked(): boolean {
    return this.door === "locked";
  }

  /** @param answer takes what the local AWS answers; nobody if undefined */
  private forward(incoming: IncomingMessage, body: Buffer, answer: ServerResponse | undefined): Promise<void> {
    const { hostname, port } = this.target;
    const { method, url: path, headers } = incoming;
    return new Promise((resolve, reject) => {
      const outgoing = request({ hostname, port, method, path, headers, agent: this.agent }, (response) => {
        if (answer) {
          answer.writeHead(response.statusCode ?? 502, response.headers);
          response.pipe(answer);
        } else response.resume();
        response.on("end", resolve);
        response.on("error", reject);
      });
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  }
}

async function read(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
