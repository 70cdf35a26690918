import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { routes } from "../../service/contract";
import { endAllSessions } from "../../service/records/sessions";
import { allScopes, type Container, RecordsApi } from "./support/records-api";
import { ifMatch, newKey, patientDetails, recordDetails, registerPatient } from "./support/samples";
import { startProxy } from "./support/tcp-proxy";

jest.setTimeout(60_000);

let api: RecordsApi;
let service: Container;

beforeAll(async () => {
  api = await RecordsApi.start();
  service = api.container();
});

afterAll(() => api.stop());

const issue = (claims = {}, userId: string = randomUUID()) =>
  api.tokens.issue(userId, ["records/read", "audit/read"], claims);

const open = (token: string, container = service) => container.request("POST", "/v1/session", { token });
const show = (token: string, container = service) => container.request("GET", "/v1/session", { token });
const end = (token: string, container = service) => container.request("DELETE", "/v1/session", { token });
const use = (token: string, container = service) => container.request("GET", "/v1/patients", { token });

const notOpen = {
  status: 401,
  body: { title: "Unauthorized", detail: "No session is open. Open one by POST /v1/session." },
};
const ended = { status: 401, body: { title: "Unauthorized", detail: "The session has ended. Sign in again." } };

const seconds = () => Math.floor(Date.now() / 1000);
const moment = (text: unknown) => Date.parse(String(text));

/** Requests are counted by the minute of the clock. */
const timeLeftInMinute = async () => {
  const second = new Date().getSeconds();
  if (second > 45) await sleep((60 - second) * 1000);
};

const bodies: Record<string, object> = {
  createPatient: patientDetails(),
  updatePatient: patientDetails(),
  createRecord: recordDetails(),
  amendRecord: { ...recordDetails(), amendmentReason: "reason" },
};
const guarded = routes.filter(({ operationId }) => !["getHealth", "openSession", "endSession"].includes(operationId));

describe("a session", () => {
  it("is opened by a valid token, and shown", async () => {
    const [userId, signedInAt] = [randomUUID(), seconds() - 60];
    const token = issue({ auth_time: signedInAt }, userId);
    const before = Date.now();
    const opened = await open(token);
    expect(opened).toMatchObject({ status: 201, body: { userId, scopes: ["records/read", "audit/read"] } });
    const { openedAt, idleExpiresAt, expiresAt } = opened.body;
    expect(moment(openedAt)).toBeGreaterThanOrEqual(before - 1000);
    expect(moment(openedAt)).toBeLessThanOrEqual(Date.now() + 1000);
    expect(moment(idleExpiresAt) - moment(openedAt)).toBe(900_000);
    expect(moment(expiresAt)).toBe((signedInAt + 43_200) * 1000);

    const shown = await show(token);
    expect(shown.status).toBe(200);
    expect(shown.body).toEqual({ ...opened.body, idleExpiresAt: shown.body.idleExpiresAt });
    expect(moment(shown.body.idleExpiresAt)).toBeGreaterThanOrEqual(moment(idleExpiresAt));
  });

  it.each(guarded.map(({ operationId, ...route }) => [operationId, route] as const))(
    "is needed by %s",
    async (operation, { method, path }) => {
      const answer = await service.request(method, path.replace(/\{\w+\}/g, randomUUID()), {
        token: api.tokens.issue(randomUUID(), allScopes),
        headers: { ...newKey(), ...ifMatch(1) },
        body: bodies[operation],
      });
      expect(answer).toMatchObject(notOpen);
      expect(answer.headers.get("www-authenticate")).toBe('Bearer error="invalid_token"');
    },
  );

  it("stays the same where it is opened again, and is shared by all containers", async () => {
    const token = issue();
    const first = await open(token);
    const second = await open(token, api.container());
    expect(second.body.openedAt).toBe(first.body.openedAt);
    expect((await use(token, api.container())).status).toBe(200);
  });

  it("is that of the sign-in: a refreshed token continues it", async () => {
    const [userId, claims] = [randomUUID(), { origin_jti: randomUUID(), auth_time: seconds() - 30 }];
    const { body } = await open(issue(claims, userId));
    expect((await show(issue(claims, userId))).body.openedAt).toBe(body.openedAt);
  });

  it("ends at once when its user ends it, in every container, for refreshed tokens too", async () => {
    const [userId, claims] = [randomUUID(), { origin_jti: randomUUID() }];
    const token = issue(claims, userId);
    const elsewhere = api.container();
    await open(token);
    expect((await use(token, elsewhere)).status).toBe(200);
    expect((await end(token)).status).toBe(204);
    for (const each of [token, issue(claims, userId)]) {
      expect(await use(each, elsewhere)).toMatchObject(ended);
      expect(await open(each, elsewhere)).toMatchObject(ended);
    }
    expect((await end(token)).status).toBe(204);
    expect((await open(issue({}, userId))).status).toBe(201);
  });

  it("that was ended before it was opened cannot be opened", async () => {
    const token = issue();
    expect((await end(token)).status).toBe(204);
    expect(await open(token)).toMatchObject(ended);
  });

  it("ends when nobody has used it for too long; each use puts that off", async () => {
    const claims = { origin_jti: randomUUID() };
    const token = issue(claims);
    const setIdleEnd = (at: number) =>
      api.redis.administer("HSET", `session:${claims.origin_jti}`, "idleExpiresAt", String(at));
    await open(token);
    await setIdleEnd(Date.now() + 20_000);
    expect((await use(token)).status).toBe(200);
    expect(moment((await show(token)).body.idleExpiresAt)).toBeGreaterThan(Date.now() + 800_000);
    await setIdleEnd(Date.now() - 1);
    for (const request of [use, show, open]) expect(await request(token)).toMatchObject(ended);
  });

  it("is opened soon after the sign-in or not at all, whether Redis has lost it or it never was", async () => {
    const claims = { origin_jti: randomUUID(), auth_time: seconds() - 890 };
    expect((await open(issue(claims))).status).toBe(201);
    const late = issue({ ...claims, auth_time: seconds() - 901 });
    expect((await open(late)).status).toBe(201);
    expect((await use(late)).status).toBe(200);
    await api.redis.administer("DEL", `session:${claims.origin_jti}`);
    expect(await use(late)).toMatchObject(notOpen);
    expect(await open(late)).toMatchObject(ended);
  });

  it("ends some time after the sign-in however much it is used, and no refreshed token opens another", async () => {
    const [userId, claims] = [randomUUID(), { auth_time: seconds() - 100, origin_jti: randomUUID() }];
    const opened = await open(issue(claims, userId), api.container({ sessionLimits: { absolute: 200 } }));
    expect(opened.status).toBe(201);
    expect(opened.body.idleExpiresAt).toBe(opened.body.expiresAt);
    // As if the time had passed.
    const later = api.container({ sessionLimits: { absolute: 100 } });
    for (const request of [use, show, open]) expect(await request(issue(claims, userId), later)).toMatchObject(ended);
    expect((await open(issue({}, userId), later)).status).toBe(201);
  });

  it("leaves nothing in Redis beyond its absolute end", async () => {
    const signInId = randomUUID();
    const token = issue({ origin_jti: signInId, auth_time: seconds() - 100 });
    await open(token, api.container({ sessionLimits: { absolute: 200 } }));
    const left = () => api.redis.administer("PTTL", `session:${signInId}`);
    expect(await left()).toBeGreaterThan(90_000);
    expect(await left()).toBeLessThanOrEqual(101_000);
  });

  it("that was ended before it was opened leaves nothing in Redis beyond its absolute end either", async () => {
    const signInId = randomUUID();
    const token = issue({ origin_jti: signInId, auth_time: seconds() - 100 });
    await end(token, api.container({ sessionLimits: { absolute: 200 } }));
    const left = await api.redis.administer("PTTL", `session:${signInId}`);
    expect(left).toBeGreaterThan(90_000);
    expect(left).toBeLessThanOrEqual(101_000);
  });

  it("may make so many requests a minute and no more; others go on", async () => {
    await timeLeftInMinute();
    const container = api.container({ sessionLimits: { requestsPerMinute: 5 } });
    const [token, other] = [issue(), issue()];
    await open(token, container);
    await open(other, container);
    for (let requests = 1; requests < 5; requests++) expect((await use(token, container)).status).toBe(200);
    const last = await use(token, container);
    expect(last.status).toBe(429);
    expect(Number(last.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    expect(Number(last.headers.get("retry-after"))).toBeLessThanOrEqual(60);
    expect((await use(other, container)).status).toBe(200);
  });

  it("is not kept from its idle end by requests that are refused for their number", async () => {
    await timeLeftInMinute();
    const container = api.container({ sessionLimits: { requestsPerMinute: 1 } });
    const claims = { origin_jti: randomUUID() };
    const token = issue(claims);
    const { body } = await open(token, container);
    expect((await use(token, container)).status).toBe(429);
    const idleExpiresAt = await api.redis.administer("HGET", `session:${claims.origin_jti}`, "idleExpiresAt");
    expect(Number(idleExpiresAt)).toBe(moment(body.idleExpiresAt));
  });

  it("of a user ends with all the others of that user when an operator says so", async () => {
    const [userId, bystander] = [randomUUID(), await api.signIn(service)];
    const signedInAt = seconds() - 2;
    const tokens = [issue({ auth_time: signedInAt }, userId), issue({ auth_time: signedInAt }, userId)];
    for (const token of tokens) await open(token);
    const notOpened = issue({ auth_time: signedInAt }, userId);
    await endAllSessions(service.redis, userId, 43_200);
    const kept = await api.redis.administer("PTTL", `sessions-ended:${userId}`);
    expect(kept).toBeGreaterThan(43_100_000);
    expect(kept).toBeLessThanOrEqual(43_200_000);
    for (const token of [...tokens, notOpened]) {
      expect(await use(token)).toMatchObject(ended);
      expect(await open(token)).toMatchObject(ended);
    }
    expect((await use(bystander)).status).toBe(200);
    expect((await open(issue({ auth_time: seconds() + 1 }, userId))).status).toBe(201);
  });

  it("fails closed while Redis is away, and is there again when it is back", async () => {
    const token = await api.signIn(service);
    await api.redis.process.stop();
    try {
      for (const request of [use, show, open, end]) {
        const answer = await request(token);
        expect(answer).toMatchObject({ status: 503, body: { title: "Service Unavailable" } });
        expect(answer.headers.get("retry-after")).toBe("1");
        expect(service.logged.filter((line) => "error" in line).at(-1)).toEqual({
          message: "failed",
          requestId: answer.requestId,
          // Node.js's own errors are none of jest's.
          error: expect.objectContaining({ dependency: "cache" }) as unknown,
        });
      }
    } finally {
      await api.redis.process.start();
    }
    // The server of the tests keeps nothing over a restart.
    expect(await use(token)).toMatchObject(notOpen);
    expect((await open(token)).status).toBe(201);
    expect((await use(token)).status).toBe(200);
  });
});

it("a request costs Redis two commands and one round trip", async () => {
  const proxy = await startProxy(api.redis.port);
  const container = api.container({ redisPort: proxy.port });
  const token = await api.signIn(container);
  const { path } = await registerPatient(container, token);
  await container.request("GET", path, { token });
  await api.redis.administer("CONFIG", "RESETSTAT");
  proxy.passed.length = 0;
  try {
    expect((await container.request("GET", path, { token })).status).toBe(200);
    expect(proxy.passed).toEqual(["asked", "answered"]);
  } finally {
    await proxy.stop();
  }
  const statistics = String(await api.redis.administer("INFO", "commandstats"));
  const calls: Record<string, number> = Object.fromEntries(
    [...statistics.matchAll(/cmdstat_(\S+):calls=(\d+)/g)].map(([, name = "", count]) => [name, Number(count)]),
  );
  expect([calls.evalsha, calls.set, calls.eval]).toEqual([1, 1, undefined]);
});
