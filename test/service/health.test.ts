import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { APIGatewayProxyResult } from "aws-lambda";
import { answerLifetime } from "../../service/records/health";
import { AwsStandIn } from "./support/aws-stand-in";
import { CertificateAuthority } from "../../tools/servers/certificates";
import { FunctionProcess } from "./support/function-process";
import { PostgresServer } from "../../tools/servers/postgres-server";
import { RedisServer } from "../../tools/servers/redis-server";

jest.setTimeout(60_000);

const databaseSecret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:database";
const redisSecret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:redis";
const [databasePassword, rotatedPassword] = ["first database password", "second database password"];
const [token, rotatedToken] = ["first-redis-token-0123456789", "second-redis-token-0123456789"];

const folder = mkdtempSync(path.join(tmpdir(), "health-"));
const authority = new CertificateAuthority(path.join(folder, "authority"));
let aws: AwsStandIn;
let postgres: PostgresServer;
let redis: RedisServer;
let service: FunctionProcess | undefined;
let containers = 0;

beforeAll(async () => {
  const certificate = authority.issue("server", "DNS:localhost", "IP:127.0.0.1");
  aws = await AwsStandIn.start(() => Promise.resolve());
  redis = await RedisServer.start({ folder: path.join(folder, "redis"), authority, certificate, tokens: [token] });
  // PostgreSQL's own user must reach its folder.
  postgres = await PostgresServer.start(mkdtempSync(path.join(tmpdir(), "postgres-")), certificate);
  await postgres.administer("CREATE ROLE records LOGIN", "CREATE DATABASE records OWNER records");
});

afterAll(async () => {
  await Promise.all([aws.stop(), redis.process.stop(), postgres.process.stop()]);
  rmSync(folder, { recursive: true });
  rmSync(postgres.folder, { recursive: true });
});

beforeEach(async () => {
  await setDatabasePassword(databasePassword);
  await redis.setTokens([token]);
  putDatabaseSecret(databasePassword);
  await aws.reset(redisSecret, token);
});

afterEach(async () => {
  await service?.stop();
  service = undefined;
});

const putDatabaseSecret = (password: string) => {
  aws.putSecret(databaseSecret, JSON.stringify({ username: "records", password }));
};

const setDatabasePassword = (password: string) => postgres.administer(`ALTER ROLE records PASSWORD '${password}'`);

/** A new container of the service. */
async function start(environment: Record<string, string> = {}, trusted = authority) {
  const home = path.join(folder, `container-${++containers}`);
  service = await FunctionProcess.start("service/records/index.ts", home, trusted.certificate, {
    AWS_ENDPOINT_URL: aws.endpoint,
    ENVIRONMENT: "test",
    DATABASE_HOST: "localhost",
    DATABASE_PORT: String(postgres.port),
    DATABASE_NAME: "records",
    DATABASE_SECRET_ARN: databaseSecret,
    REDIS_HOST: "localhost",
    REDIS_PORT: String(redis.port),
    REDIS_SECRET_ARN: redisSecret,
    AUDIT_LOG_GROUP: "audit-test",
    USER_POOL_ID: "eu-west-1_test",
    USER_POOL_CLIENT_ID: "client",
    TOKEN_VERIFICATION: "keys",
    SESSION_IDLE_SECONDS: "900",
    SESSION_ABSOLUTE_SECONDS: "43200",
    SESSION_REQUESTS_PER_MINUTE: "300",
    CACHE_SECONDS: "300",
    ...environment,
  });
  const container = service;
  return async () => {
    const event = {
      httpMethod: "GET",
      path: "/health",
      multiValueHeaders: {},
      body: null,
      requestContext: { identity: { sourceIp: "192.0.2.1" } },
    };
    const { statusCode, body } = (await container.invoke(event)) as APIGatewayProxyResult;
    return [statusCode, JSON.parse(body) as unknown];
  };
}

const ok = { status: "ok" };
const unavailable = (reason: string) => ({ status: "unavailable", reason });
const healthy = [200, { status: "ok", checks: { database: ok, cache: ok } }];
const unhealthy = (checks: object) => [503, { status: "unavailable", checks: { database: ok, cache: ok, ...checks } }];

const answerExpired = () => sleep(answerLifetime + 50);

const reads = () => aws.calls.filter((call) => call === "GetSecretValue").length;

describe("GET /health", () => {
  it("is ok where both answer, by host name", async () => {
    const health = await start();
    expect(await health()).toEqual(healthy);
    expect(reads()).toBe(2);
  });

  it("is ok where both answer, by IP address", async () => {
    const health = await start({ DATABASE_HOST: "127.0.0.1", REDIS_HOST: "127.0.0.1" });
    expect(await health()).toEqual(healthy);
    expect(service?.output).not.toContain("DEP0123");
  });

  it("tells that Redis is gone, and that it is back", async () => {
    const health = await start();
    expect(await health()).toEqual(healthy);
    await redis.process.stop();
    await answerExpired();
    expect(await health()).toEqual(unhealthy({ cache: unavailable("unreachable") }));
    await redis.process.start();
    await answerExpired();
    expect(await health()).toEqual(healthy);
    expect(reads()).toBe(2);
  });

  it("tells that PostgreSQL is gone, and that it is back", async () => {
    const health = await start();
    expect(await health()).toEqual(healthy);
    await postgres.process.stop();
    await answerExpired();
    expect(await health()).toEqual(unhealthy({ database: unavailable("unreachable") }));
    await postgres.process.start();
    await answerExpired();
    expect(await health()).toEqual(healthy);
    expect(reads()).toBe(2);
  });

  it.each([["before"], ["after"]])("does not wait for servers that fall silent %s the first request", async (when) => {
    const health = await start();
    if (when === "after") {
      expect(await health()).toEqual(healthy);
      await answerExpired();
    }
    redis.process.pause();
    const answer = await health().finally(() => {
      redis.process.resume();
    });
    expect(answer).toEqual(unhealthy({ cache: unavailable("timeout") }));
    await answerExpired();
    expect(await health()).toEqual(healthy);
  });

  it("reads credentials anew, once, when they were rotated", async () => {
    const health = await start();
    expect(await health()).toEqual(healthy);
    await setDatabasePassword(rotatedPassword);
    putDatabaseSecret(rotatedPassword);
    await redis.setTokens([rotatedToken]);
    aws.putSecret(redisSecret, rotatedToken);
    await redis.disconnectClients();
    await postgres.administer("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'records'");
    await answerExpired();
    expect(await health()).toEqual(healthy);
    expect(reads()).toBe(4);
  });

  it("tells that credentials are refused, after it has read them anew once", async () => {
    putDatabaseSecret("wrong");
    aws.putSecret(redisSecret, "wrong-redis-token-0123456789");
    const health = await start();
    const expected = unhealthy({ database: unavailable("unauthorized"), cache: unavailable("unauthorized") });
    expect(await health()).toEqual(expected);
    expect(reads()).toBe(4);
    putDatabaseSecret(databasePassword);
    aws.putSecret(redisSecret, token);
    await answerExpired();
    expect(await health()).toEqual(healthy);
  });

  it("refuses servers whose authority it does not know", async () => {
    const health = await start({}, new CertificateAuthority(path.join(folder, "other-authority")));
    expect(await health()).toEqual(
      unhealthy({ database: unavailable("misconfigured"), cache: unavailable("misconfigured") }),
    );
  });

  it("refuses servers whose certificates are for other hosts, though their authority is known", async () => {
    const certificate = authority.issue("other-host", "DNS:other.example.com", "IP:127.0.0.2");
    const otherRedis = await RedisServer.start({
      folder: path.join(folder, "other-host"),
      authority,
      certificate,
      tokens: [token],
    });
    const otherPostgres = await PostgresServer.start(mkdtempSync(path.join(tmpdir(), "postgres-")), certificate);
    try {
      for (const host of ["localhost", "127.0.0.1"]) {
        const health = await start({
          DATABASE_HOST: host,
          DATABASE_PORT: String(otherPostgres.port),
          REDIS_HOST: host,
          REDIS_PORT: String(otherRedis.port),
        });
        expect(await health()).toEqual(
          unhealthy({ database: unavailable("misconfigured"), cache: unavailable("misconfigured") }),
        );
        await service?.stop();
        service = undefined;
      }
    } finally {
      await Promise.all([otherRedis.process.stop(), otherPostgres.process.stop()]);
    }
  });

  it("refuses servers without TLS", async () => {
    const plain = await RedisServer.start({ folder: path.join(folder, "plain"), authority, tokens: [token] });
    await postgres.administer("ALTER SYSTEM SET ssl = off", "SELECT pg_reload_conf()");
    try {
      const health = await start({ REDIS_PORT: String(plain.port) });
      // Redis takes a TLS greeting for the beginning of a command and waits for the rest.
      expect(await health()).toEqual(
        unhealthy({ database: unavailable("misconfigured"), cache: unavailable("timeout") }),
      );
    } finally {
      await postgres.administer("ALTER SYSTEM RESET ssl", "SELECT pg_reload_conf()");
      await plain.process.stop();
    }
  });

  it("tells that a secret cannot be used", async () => {
    aws.putSecret(databaseSecret, "not JSON");
    aws.secrets.delete(redisSecret);
    const health = await start();
    expect(await health()).toEqual(
      unhealthy({ database: unavailable("misconfigured"), cache: unavailable("misconfigured") }),
    );
  });

  it("logs why, without credentials, hosts or users", async () => {
    putDatabaseSecret("wrong-database-password");
    aws.putSecret(redisSecret, "wrong-redis-token-0123456789");
    const health = await start();
    await health();
    const logged = service?.output ?? "";
    const lines = logged.split("\n").filter((line) => line.startsWith("{"));
    expect(lines).toHaveLength(3);
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ level: "WARN", check: "database", reason: "unauthorized", environment: "test" }),
        expect.objectContaining({ level: "WARN", check: "cache", reason: "unauthorized", environment: "test" }),
        expect.objectContaining({ level: "INFO", message: "answered", operation: "getHealth", status: 503 }),
      ]),
    );
    for (const secret of ["wrong-", databasePassword, token, "localhost", '"records"', "user "])
      expect(logged).not.toContain(secret);
  });
});
