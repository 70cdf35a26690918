import { randomUUID } from "node:crypto";
import { routes } from "../../service/contract";
import { healthLimit } from "./health";
import { testBeyond } from "./local-limits";
import { logMessages } from "./lookups";
import { apiUrl, eventually, nameOf } from "./stack";

const problem = "application/problem+json";

async function call(method: string, path: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${apiUrl}${path}`, { method, headers });
  return {
    status: response.status,
    type: response.headers.get("content-type"),
    body: (await response.json()) as Record<string, unknown>,
  };
}

const refusal = (status: number, title: string) => ({
  status,
  type: problem,
  body: {
    type: "about:blank",
    title,
    status,
    requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
  },
});

testBeyond(
  "functions at work",
  "GET /health is answered to anybody",
  async () => {
    const healthy = await eventually("the service is healthy", healthLimit, async () => {
      const answer = await call("GET", "/health");
      return answer.status === 200 ? answer : undefined;
    });
    expect(healthy).toEqual({
      status: 200,
      type: "application/json",
      body: { status: "ok", checks: { database: { status: "ok" }, cache: { status: "ok" } } },
    });
  },
  (healthLimit + 30) * 1000,
);

describe("everything else", () => {
  const secured = routes.filter(({ path }) => path !== "/health");
  const urlPath = (path: string) => path.replaceAll(/\{\w+\}/g, randomUUID());

  test("is most of the contract", () => {
    expect(secured).toHaveLength(routes.length - 1);
    expect(secured.length).toBeGreaterThan(5);
  });

  test.each(secured)("is refused without a token: $method $path", async ({ method, path }) => {
    expect(await call(method.toUpperCase(), urlPath(path))).toEqual(refusal(401, "Unauthorized"));
  });

  test.each(secured)("is refused with a token that nobody signed: $method $path", async ({ method, path }) => {
    const part = (content: object) => Buffer.from(JSON.stringify(content)).toString("base64url");
    const claims = { token_use: "access", scope: "records/read records/write audit/read", exp: 4_102_444_800 };
    const token = `${part({ alg: "none", typ: "JWT" })}.${part(claims)}.`;
    expect(await call(method.toUpperCase(), urlPath(path), { Authorization: `Bearer ${token}` })).toEqual(
      refusal(401, "Unauthorized"),
    );
  });

  test("that is not in the contract is not there", async () => {
    expect(await call("GET", "/v1/nothing")).toEqual(refusal(404, "Not Found"));
  });
});

testBeyond("the firewall at work", "an injection of SQL is blocked", async () => {
  const injection = encodeURIComponent("1' UNION SELECT password FROM users--");
  expect(await call("GET", `/health?id=${injection}`)).toEqual(refusal(403, "Forbidden"));
});

test("the access log names the operation, and neither the patient nor the query", async () => {
  const [patientId, query] = [randomUUID(), randomUUID()];
  const startTime = Date.now() - 60_000;
  const { body } = await call("GET", `/v1/patients/${patientId}?familyName=${query}`);
  const requestId = String(body.requestId);
  const line = await eventually("the access log tells of the request", 180, async () =>
    (await logMessages({ logGroupName: nameOf("api-access"), startTime })).find((message) =>
      message.includes(requestId),
    ),
  );
  expect(JSON.parse(line)).toMatchObject({
    requestId,
    httpMethod: "GET",
    resourcePath: "/v1/patients/{patientId}",
    status: "401",
    errorType: "UNAUTHORIZED",
  });
  expect(line).not.toContain(patientId);
  expect(line).not.toContain(query);
}, 200_000);
