import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import type { PoolClient } from "pg";
import { RedisConnection } from "../../service/redis-connection";
import { Secret, secretText } from "../../service/secret";
import { UnavailableError } from "../../service/unavailable-error";
import { type Container, type Received, RecordsApi, type RequestOptions } from "./support/records-api";
import { rotate } from "./support/rotation-steps";
import { ifMatch, newKey, patientDetails, recordDetails, registerPatient } from "./support/samples";
import { startProxy } from "./support/tcp-proxy";

jest.setTimeout(60_000);

let api: RecordsApi;
let service: Container;
let token: string;

beforeAll(async () => {
  api = await RecordsApi.start();
});

beforeEach(async () => {
  service = api.container();
  token = await api.signIn(service);
});

afterAll(() => api.stop());

/**
 * Requests of several clients, one after the other each, while something happens; `more` waits for so many further
 * answers. Returns all of them.
 */
async function underLoad(
  clients: number,
  request: (client: number) => Promise<Received>,
  happening: (more: (count: number) => Promise<void>) => Promise<void>,
): Promise<Received[]> {
  const answers: Received[] = [];
  let running = true;
  const load = Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      while (running) {
        answers.push(await request(client));
        await nextTurn();
      }
    }),
  );
  const more = async (count: number) => {
    const enough = answers.length + count;
    while (answers.length < enough) await Promise.race([sleep(10), load]);
  };
  try {
    await happening(more);
  } finally {
    running = false;
    await load;
  }
  return answers;
}

/** Lets requests pass, but while it is closed: then those that passed have their answers, and others wait. */
class Gate {
  private opening: Promise<unknown> = Promise.resolve();
  private readonly passing = new Set<Promise<unknown>>();

  async pass<T>(request: () => Promise<T>): Promise<T> {
    for (let opening; opening !== this.opening;) await (opening = this.opening);
    const answer = request();
    this.passing.add(answer);
    return answer.finally(() => this.passing.delete(answer));
  }

  async closed(happening: () => Promise<unknown>): Promise<void> {
    this.opening = Promise.all(this.passing).then(happening);
    await this.opening;
  }
}

const statuses = (answers: Received[]) => [...new Set(answers.map(({ status }) => status))].sort();

/** Within a write a lost connection costs that write, whatever the credentials. */
const killIdleConnections = () =>
  api.database.run(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'records_service%' AND state = 'idle'",
  );

const killConnections = () =>
  api.database.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'records_service%'");

describe("connections that are lost under load", () => {
  it("cost no read", async () => {
    const uncached = api.container({ cacheSeconds: 0 });
    const { path } = await registerPatient(service, token);
    const read = (client: number) => (client % 2 === 0 ? service : uncached).request("GET", path, { token });
    const answers = await underLoad(6, read, async (more) => {
      for (let times = 0; times < 5; times++) {
        await more(50);
        await killConnections();
        await api.redis.disconnectClients();
      }
      await more(50);
    });
    expect(statuses(answers)).toEqual([200]);
  });
});

describe("credentials that rotate under load", () => {
  it("cost no request", async () => {
    const { database, redis } = api;
    const [rotateLogin, rotateToken] = await Promise.all([
      database.startFunction("service/database-rotation/index.ts", "database-rotation", {
        DATABASE_SECRET_ARN: database.masterSecretArn,
      }),
      database.startFunction("service/redis-rotation/index.ts", "redis-rotation", {
        REPLICATION_GROUP_ID: "redis-test",
        REDIS_HOST: "localhost",
        REDIS_PORT: String(redis.port),
      }),
    ]);
    database.aws.secret(database.serviceSecretArn).rotationEnabled = true;
    const rotateBoth = (version: string) =>
      Promise.all(
        [
          { container: rotateLogin, secretId: database.serviceSecretArn },
          { container: rotateToken, secretId: api.redisSecretArn },
        ].map(({ container, secretId }) => {
          database.aws.prepareRotation(secretId, version);
          return rotate((step) => container.invoke({ Step: step, SecretId: secretId, ClientRequestToken: version }));
        }),
      );
    const credentials = () => [
      database.serviceCredentials(),
      database.aws.versionWith(api.redisSecretArn, "AWSCURRENT"),
    ];
    const { path } = await registerPatient(service, token);
    const uncached = api.container({ cacheSeconds: 0 });
    const writes = new Gate();
    const send = (kind: number) =>
      kind === 0
        ? service.request("GET", path, { token })
        : kind === 1
          ? uncached.request("GET", path, { token })
          : writes.pass(() =>
              uncached.request("POST", `${path}/records`, { token, headers: newKey(), body: recordDetails() }),
            );
    try {
      const before = credentials();
      const answers = await underLoad(
        6,
        (client) => send(client % 3),
        async (more) => {
          for (const version of ["version-2", "version-3", "version-4"]) {
            await more(40);
            expect(await rotateBoth(version)).toEqual(["done", "done"]);
            // Those that stand go on as they are: only who connects anew needs what is current. What is idle when it is told to end may be at work when it does.
            await writes.closed(() => Promise.all([killIdleConnections(), redis.disconnectClients()]));
          }
          await more(40);
        },
      );
      const failures = [service, uncached].flatMap(({ logged }) => logged.filter((line) => "error" in line));
      expect(failures).toEqual([]);
      expect(statuses(answers)).toEqual([200, 201]);
      for (const [index, now] of credentials().entries()) expect(now).not.toEqual(before[index]);
    } finally {
      await Promise.all([rotateLogin.stop(), rotateToken.stop()]);
    }
  });
});

describe("PostgreSQL", () => {
  it("restarted in mid-write: each key creates once, and what was not answered was not half done", async () => {
    const { path, id } = await registerPatient(service, token);
    const created: string[] = [];
    let refusals = 0;
    /** Creates a record, and asks again with the same key until it is there. */
    const create = async (): Promise<Received> => {
      const options: RequestOptions = { token, headers: newKey(), body: recordDetails() };
      for (;;) {
        const answer = await service.request("POST", `${path}/records`, options);
        if (answer.status === 201) {
          created.push(String(answer.body.id));
          return answer;
        }
        expect(answer.status).toBe(503);
        refusals++;
        await sleep(50);
      }
    };
    await underLoad(4, create, async (more) => {
      await more(20);
      await api.database.postgres.process.stop();
      await sleep(200);
      await api.database.postgres.process.start();
      await more(20);
    });

    expect(refusals).toBeGreaterThan(0);
    expect(new Set(created).size).toBe(created.length);
    const stored = await api.database.run<{ id: string }>(
      `SELECT id FROM records.medical_records WHERE patient_id = '${id}'`,
    );
    expect(stored.map((row) => row.id).sort()).toEqual(created.sort());
    const [{ entries } = {}] = await api.database.run<{ entries: string }>(
      `SELECT count(DISTINCT record_id) AS entries FROM records.audit_entries WHERE patient_id = '${id}' AND action = 'createRecord'`,
    );
    expect(Number(entries)).toBe(created.length);
  });

  it("away: what is cached is answered, the rest is unavailable; and it is back when it is back", async () => {
    const [cached, other] = [await registerPatient(service, token), await registerPatient(service, token)];
    const change = () => service.request("PUT", cached.path, { token, headers: ifMatch(1), body: patientDetails() });
    await service.request("GET", cached.path, { token });
    await api.database.postgres.process.stop();
    try {
      expect((await service.request("GET", cached.path, { token })).body).toEqual(cached.body);
      expect((await service.request("GET", other.path, { token })).status).toBe(503);
      expect((await change()).status).toBe(503);
    } finally {
      await api.database.postgres.process.start();
    }
    expect((await service.request("GET", other.path, { token })).body).toEqual(other.body);
    expect((await change()).status).toBe(200);
  });

  it("slow: a statement that takes too long is given up", async () => {
    const { id, path } = await registerPatient(service, token);
    const holdsRow = service.database.transaction(async (client) => {
      await client.query("SELECT FROM records.patients WHERE id = $1 FOR UPDATE", [id]);
      return service.request("PUT", path, { token, headers: ifMatch(1), body: patientDetails() });
    });
    expect((await holdsRow).status).toBe(503);
  });

  it("slow within a write: it is PostgreSQL that gives the statement up", async () => {
    const slow = service.database.transaction((client) => client.query("SELECT pg_sleep(9)"));
    await expect(slow).rejects.toMatchObject({ name: "UnavailableError", cause: { code: "57014" } });
  });

  /** Stops the process of PostgreSQL that serves the connection, so that nothing is answered on it any more. */
  async function silence(client: PoolClient): Promise<number> {
    const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    const [backend] = rows;
    if (!backend) throw new Error("PostgreSQL does not say which process it is");
    process.kill(backend.pid, "SIGSTOP");
    return backend.pid;
  }

  it.each<[string, string, (client: PoolClient) => Promise<unknown>]>([
    ["statement", "SELECT 1", (client) => client.query("SELECT 1")],
    ["commit", "COMMIT", () => Promise.resolve()],
  ])("silent at the %s: a write waits for the answer to that, and for nothing behind it", async (_, last, goOn) => {
    let silenced: number | undefined;
    const asked: unknown[] = [];
    const write = service.database.transaction(async (client) => {
      silenced = await silence(client);
      const query = client.query.bind(client) as (...args: unknown[]) => unknown;
      jest.spyOn(client, "query").mockImplementation((...args: unknown[]) => {
        asked.push(args[0]);
        return query(...args);
      });
      await goOn(client);
    });
    try {
      await expect(write).rejects.toThrow(UnavailableError);
      expect(asked).toEqual([last]);
    } finally {
      if (silenced !== undefined) process.kill(silenced, "SIGCONT");
    }
    expect((await service.database.query("SELECT 1")).rowCount).toBe(1);
  });
});

describe("Redis", () => {
  it("restarted under load: refuses while it is away, and goes on with new sessions", async () => {
    const { path } = await registerPatient(service, token);
    const read = () => service.request("GET", path, { token });
    const answers = await underLoad(4, read, async (more) => {
      await more(20);
      await api.redis.process.stop();
      await more(20);
      await api.redis.process.start();
      await more(20);
    });
    expect(statuses(answers)).toEqual([200, 401, 503]);
    expect((await service.request("POST", "/v1/session", { token })).status).toBe(201);
    expect((await service.request("GET", path, { token })).status).toBe(200);
  });

  it("silent: a request waits no longer than its limit", async () => {
    const { path } = await registerPatient(service, token);
    api.redis.process.pause();
    try {
      expect((await service.request("GET", path, { token })).status).toBe(503);
    } finally {
      api.redis.process.resume();
    }
    expect((await service.request("GET", path, { token })).status).toBe(200);
  });

  it("silent on a connection that was unused for more than a minute, as after a freeze: another one serves", async () => {
    const proxy = await startProxy(api.redis.port);
    const connection = new RedisConnection(
      { host: "localhost", port: proxy.port },
      new Secret(secretText(api.database.secretsClient, api.redisSecretArn), String),
    );
    const connectionId = () => connection.run((client) => client.client("ID"));
    const startedAt = Date.now();
    const clock = jest.spyOn(Date, "now").mockReturnValue(startedAt);
    try {
      const first = await connectionId();
      clock.mockReturnValue(startedAt + 60_000);
      expect(await connectionId()).toBe(first);
      proxy.silence();
      clock.mockReturnValue(startedAt + 120_001);
      const [one, other] = await Promise.all([connectionId(), connectionId()]);
      expect(one).toBeGreaterThan(first);
      expect(other).toBe(one);
    } finally {
      clock.mockRestore();
      await Promise.all([connection.close(), proxy.stop()]);
    }
  });
});
