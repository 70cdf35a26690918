import { randomUUID } from "node:crypto";
import * as path from "node:path";
import type { Database } from "../../../service/postgres";
import { verifiedByKeys } from "../../../service/records/access-tokens";
import type { AuditLine, DeliverLines } from "../../../service/records/audit-log";
import type { MetricName } from "../../../service/records/metrics";
import { createService } from "../../../service/records/service";
import type { SessionLimits } from "../../../service/records/sessions";
import { RedisConnection } from "../../../service/redis-connection";
import { Secret, secretText } from "../../../service/secret";
import { RedisServer } from "../../../tools/servers/redis-server";
import { TokenIssuer } from "../../../tools/token-issuer";
import { expectToConform } from "./contract-check";
import { RecordsDatabase, secretArn } from "./records-database";

export const allScopes = ["records/read", "records/write", "audit/read"];

export const sourceAddress = "192.0.2.7";

export interface ContainerOptions {
  sessionLimits?: Partial<SessionLimits>;
  cacheSeconds?: number;
  deliverAuditLines?: DeliverLines;
  redisPort?: number;
}

export interface RequestOptions {
  token?: string;
  headers?: Record<string, string>;
  /** An object is sent as JSON. */
  body?: unknown;
}

export interface Received {
  status: number;
  headers: Headers;
  text: string;
  // What it is depends on the request; tests assert it.
  body: Record<string, unknown>;
  requestId: string;
}

/** The service with everything it needs, for real. */
export class RecordsApi {
  readonly tokens = new TokenIssuer();
  readonly redisSecretArn = secretArn("redis-auth");
  readonly containers: Container[] = [];

  private constructor(
    readonly database: RecordsDatabase,
    readonly redis: RedisServer,
  ) {}

  static async start(): Promise<RecordsApi> {
    const tokens = ["first-redis-token-0123456789"] as [string];
    // There is no Redis yet when AWS starts, and no token to change.
    const later: { redis?: RedisServer } = {};
    const database = await RecordsDatabase.start(async (changed) => later.redis?.setTokens(changed));
    const { folder, authority, certificate } = database;
    const [redis] = await Promise.all([
      RedisServer.start({ folder: path.join(folder, "redis"), authority, certificate, tokens }),
      database.migrate(),
    ]);
    later.redis = redis;
    const api = new RecordsApi(database, redis);
    await database.aws.reset(api.redisSecretArn, tokens[0]);
    return api;
  }

  async stop(): Promise<void> {
    await Promise.all(this.containers.map((container) => container.stop()));
    await Promise.all([this.redis.process.stop(), this.database.stop()]);
  }

  /** As a new container of the function: connections and memory of its own. */
  container(options: ContainerOptions = {}): Container {
    const container = new Container(this, options);
    this.containers.push(container);
    return container;
  }

  /** An access token whose session is open. */
  async signIn(container: Container, scopes = allScopes, userId: string = randomUUID()): Promise<string> {
    const token = this.tokens.issue(userId, scopes);
    const { status } = await container.request("POST", "/v1/session", { token });
    expect(status).toBe(201);
    return token;
  }
}

export class Container {
  readonly database: Database;
  readonly redis: RedisConnection;
  readonly auditLines: AuditLine[] = [];
  readonly counts: Partial<Record<MetricName, number>> = {};
  readonly logged: object[] = [];
  private readonly app: ReturnType<typeof createService>;

  constructor(
    api: RecordsApi,
    { sessionLimits, cacheSeconds = 300, deliverAuditLines, redisPort = api.redis.port }: ContainerOptions,
  ) {
    this.database = api.database.asService();
    this.redis = new RedisConnection(
      { host: "localhost", port: redisPort },
      new Secret(secretText(api.database.secretsClient, api.redisSecretArn), (token) => token),
    );
    const log = (message: string, details: object) => {
      this.logged.push({ message, ...details });
    };
    this.app = createService({
      database: this.database,
      redis: this.redis,
      readToken: verifiedByKeys(api.tokens, api.tokens.fetchKeys),
      deliverAuditLines:
        deliverAuditLines ??
        ((lines) => {
          this.auditLines.push(...lines);
          return Promise.resolve();
        }),
      sessionLimits: { idle: 900, absolute: 43_200, requestsPerMinute: 100_000, ...sessionLimits },
      cacheSeconds,
      log: { info: log, warn: log, error: log },
      metrics: {
        count: (name) => {
          this.counts[name] = (this.counts[name] ?? 0) + 1;
        },
      },
    });
  }

  /** Answers must conform to the contract, and have the headers that all have. */
  async request(
    method: string,
    pathAndQuery: string,
    { token, headers, body }: RequestOptions = {},
  ): Promise<Received> {
    const requestId = randomUUID();
    const request = new Request(`https://api.test${pathAndQuery}`, {
      method,
      headers: {
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        ...(body !== undefined && { "Content-Type": "application/json" }),
        ...headers,
      },
      body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
    });
    const response = await this.app.fetch(request, {
      requestContext: { requestId, identity: { sourceIp: sourceAddress } },
    });
    const text = await response.text();
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "cache-control": "no-store",
      "strict-transport-security": "max-age=63072000; includeSubDomains",
      "x-content-type-options": "nosniff",
    });
    const { pathname } = new URL(request.url);
    expectToConform(method, pathname, response.status, response.headers, text);
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>),
      requestId,
    };
  }

  async stop(): Promise<void> {
    await Promise.all([this.database.close(), this.redis.close().catch(() => undefined)]);
  }
}
