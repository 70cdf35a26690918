import { type ReadToken, TokenError } from "../../service/records/access-tokens";
import { type AppArgs, createApp } from "../../service/records/app";
import { AuditLog } from "../../service/records/audit-log";
import { type Check, HealthChecks } from "../../service/records/health";
import { UnavailableError } from "../../service/unavailable-error";

const works: Check = () => Promise.resolve();
const fails: Check = () => Promise.reject(new Error("password authentication failed for user tap at 10.0.20.4"));

const noToken: ReadToken = () => Promise.reject(new TokenError("No token."));

/** Somebody who is signed in, and what the token allows. */
const signedIn =
  (...scopes: string[]): ReadToken =>
  () =>
    Promise.resolve({ signIn: { id: "sign-in-1", userId: "user-1", at: 0 }, scopes });

interface Given {
  database?: Check;
  cache?: Check;
  readToken?: ReadToken;
  operations?: Partial<AppArgs["operations"]>;
}

/** The service without sessions and what else operations need: none here asks for it. */
function service({ database = works, cache = works, readToken = noToken, operations = {} }: Given = {}) {
  const info = jest.fn();
  const error = jest.fn();
  const health = new HealthChecks({ database, cache }, () => undefined);
  const app = createApp({
    health,
    operations,
    readToken,
    auditLog: new AuditLog(() => Promise.resolve()),
    log: { info, error },
  } as unknown as AppArgs);
  const request = async (method: string, path: string) => {
    const response = await app.request(
      path,
      { method },
      {
        requestContext: { requestId: "request-1", identity: { sourceIp: "192.0.2.1" } },
      },
    );
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: JSON.parse((await response.text()) || "null") as unknown,
    };
  };
  return { request, info, error, health };
}

const common = {
  "cache-control": "no-store",
  "strict-transport-security": "max-age=63072000; includeSubDomains",
  "x-content-type-options": "nosniff",
};

const problem = (status: number, title: string, detail: string, headers = {}) => ({
  status,
  headers: { ...common, "content-type": "application/problem+json", ...headers },
  body: { type: "about:blank", title, status, detail, requestId: "request-1" },
});

describe("the records service", () => {
  it("answers health with the state of what it needs", async () => {
    expect(await service().request("GET", "/health")).toEqual({
      status: 200,
      headers: { ...common, "content-type": "application/json" },
      body: { status: "ok", checks: { database: { status: "ok" }, cache: { status: "ok" } } },
    });
  });

  it("answers health with 503 and names what is unavailable, without telling more", async () => {
    expect(await service({ cache: fails }).request("GET", "/health")).toEqual({
      status: 503,
      headers: { ...common, "content-type": "application/json" },
      body: {
        status: "unavailable",
        checks: { database: { status: "ok" }, cache: { status: "unavailable", reason: "unreachable" } },
      },
    });
  });

  it("answers for an operation what that says, for nobody to keep", async () => {
    const { request } = service({
      readToken: signedIn("records/read"),
      operations: {
        openSession: {
          withoutSession: true,
          run: () => Promise.resolve({ status: 201, body: { userId: "user-1" }, headers: { ETag: '"1"' } }),
        },
        endSession: { withoutSession: true, run: () => Promise.resolve({ status: 204 }) },
      },
    });
    expect(await request("POST", "/v1/session")).toEqual({
      status: 201,
      headers: { ...common, "content-type": "application/json", etag: '"1"' },
      body: { userId: "user-1" },
    });
    expect(await request("DELETE", "/v1/session")).toEqual({ status: 204, headers: common, body: null });
  });

  it("answers a request without a token with a problem and a challenge", async () => {
    expect(await service().request("GET", "/v1/patients")).toEqual(
      problem(401, "Unauthorized", "No token.", { "www-authenticate": "Bearer" }),
    );
  });

  it("answers a token that allows other things with a problem and the scope that it lacks", async () => {
    expect(await service({ readToken: signedIn("records/read") }).request("POST", "/v1/patients")).toEqual(
      problem(403, "Forbidden", "The access token lacks the scope records/write.", {
        "www-authenticate": 'Bearer error="insufficient_scope", scope="records/write"',
      }),
    );
  });

  it("answers an unknown path with a problem", async () => {
    expect(await service().request("GET", "/v1/doctors")).toEqual(
      problem(404, "Not Found", "There is nothing at this path."),
    );
  });

  it("answers a wrong method with a problem and the right ones", async () => {
    expect(await service().request("DELETE", "/v1/patients/7")).toEqual(
      problem(405, "Method Not Allowed", "Allowed here: GET, PUT.", { allow: "GET, PUT" }),
    );
  });

  it("answers an unforeseen failure with a problem, and logs no more than its kind", async () => {
    const { request, error, health } = service();
    jest.spyOn(health, "current").mockRejectedValue(Object.assign(new TypeError("patient Jane Doe"), { code: "E1" }));
    expect(await request("GET", "/health")).toEqual(
      problem(500, "Internal Server Error", "Something went wrong here. Quote the request id when asking for help."),
    );
    expect(error.mock.calls).toEqual([
      ["failed", { requestId: "request-1", error: { name: "TypeError", code: "E1" } }],
    ]);
  });

  it("answers 503 where something it needs is away, and logs what", async () => {
    const { request, error, health } = service();
    const refused = Object.assign(new Error("connect ECONNREFUSED 10.0.20.4:5432"), { code: "ECONNREFUSED" });
    jest.spyOn(health, "current").mockRejectedValue(new UnavailableError("database", refused));
    expect((await request("GET", "/health")).status).toBe(503);
    expect(error.mock.calls).toEqual([
      ["failed", { requestId: "request-1", error: { dependency: "database", name: "Error", code: "ECONNREFUSED" } }],
    ]);
  });

  it("logs each request by its operation, never by its path", async () => {
    const { request, info } = service();
    await request("GET", "/v1/patients/7");
    await request("GET", "/v1/doctors/8");
    const durationMs = expect.any(Number) as number;
    expect(info.mock.calls).toEqual([
      ["answered", { operation: "getPatient", status: 401, durationMs, requestId: "request-1" }],
      ["answered", { operation: "none", status: 404, durationMs, requestId: "request-1" }],
    ]);
  });
});
