import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import { routes } from "../../service/contract";
import { createHandler } from "../../service/records/handler";
import { type Check, HealthChecks } from "../../service/records/health";
import { createOperations } from "../../service/records/operations";

const event = (httpMethod: string, resource: string) =>
  ({ httpMethod, resource, requestContext: { requestId: "request-1" } }) as APIGatewayProxyEvent;

const works: Check = () => Promise.resolve();
const fails: Check = () => Promise.reject(new Error("password authentication failed for user tap at 10.0.20.4"));

function service({ database = works, cache = works } = {}) {
  const info = jest.fn();
  const error = jest.fn();
  const health = new HealthChecks({ database, cache }, () => undefined);
  return { handle: createHandler(createOperations(health), { info, error }), info, error, health };
}

const json = ({ body }: APIGatewayProxyResult): unknown => JSON.parse(body);

const noStore = { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" };

describe("the records service", () => {
  it("answers health with the state of what it needs", async () => {
    const response = await service().handle(event("GET", "/health"));
    expect(response).toEqual({
      statusCode: 200,
      headers: { ...noStore, "Content-Type": "application/json" },
      body: '{"status":"ok","checks":{"database":{"status":"ok"},"cache":{"status":"ok"}}}',
    });
  });

  it("answers health with 503 and names what is unavailable, without telling more", async () => {
    const response = await service({ cache: fails }).handle(event("GET", "/health"));
    expect(response).toEqual({
      statusCode: 503,
      headers: { ...noStore, "Content-Type": "application/json" },
      body: '{"status":"unavailable","checks":{"database":{"status":"ok"},"cache":{"status":"unavailable","reason":"unreachable"}}}',
    });
  });

  it.each(routes.filter(({ operationId }) => operationId !== "getHealth"))(
    "says that $operationId is not implemented",
    async ({ method, path }) => {
      const response = await service().handle(event(method.toUpperCase(), path));
      expect(response.statusCode).toBe(501);
      expect(response.headers).toEqual({ ...noStore, "Content-Type": "application/problem+json" });
      expect(json(response)).toEqual({
        type: "about:blank",
        title: "Not Implemented",
        status: 501,
        detail: "This operation is not implemented yet.",
        requestId: "request-1",
      });
    },
  );

  it("answers an unknown path with a problem", async () => {
    const response = await service().handle(event("GET", "/v1/doctors"));
    expect(response.statusCode).toBe(404);
    expect(response.headers).toEqual({ ...noStore, "Content-Type": "application/problem+json" });
    expect(json(response)).toEqual({
      type: "about:blank",
      title: "Not Found",
      status: 404,
      detail: "There is nothing at this path.",
      requestId: "request-1",
    });
  });

  it("answers a wrong method with a problem and the right ones", async () => {
    const response = await service().handle(event("DELETE", "/v1/patients/{patientId}"));
    expect(response.statusCode).toBe(405);
    expect(response.headers).toEqual({ ...noStore, Allow: "GET, PUT", "Content-Type": "application/problem+json" });
    expect(json(response)).toMatchObject({
      title: "Method Not Allowed",
      status: 405,
      detail: "Allowed here: GET, PUT.",
    });
  });

  it("answers an unforeseen failure with a problem, and logs no more than its kind", async () => {
    const { handle, error, health } = service();
    jest.spyOn(health, "current").mockRejectedValue(Object.assign(new TypeError("patient Jane Doe"), { code: "E1" }));
    const response = await handle(event("GET", "/health"));
    expect(response.statusCode).toBe(500);
    expect(json(response)).toMatchObject({ title: "Internal Server Error", status: 500, requestId: "request-1" });
    expect(response.body).not.toContain("Jane");
    expect(error.mock.calls).toEqual([
      ["failed", { requestId: "request-1", error: { name: "TypeError", code: "E1" } }],
    ]);
  });

  it("logs each request by its operation, never by its path", async () => {
    const { handle, info } = service();
    await handle({ ...event("GET", "/v1/patients/{patientId}"), path: "/v1/patients/7" });
    expect(info.mock.calls).toEqual([
      [
        "answered",
        { operation: "getPatient", status: 501, durationMs: expect.any(Number) as number, requestId: "request-1" },
      ],
    ]);
  });
});
