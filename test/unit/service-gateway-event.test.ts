import type { APIGatewayProxyEvent } from "aws-lambda";
import { createHandler } from "../../service/records/gateway-event";

const event = (changes: object) =>
  ({
    httpMethod: "GET",
    path: "/v1/patients",
    multiValueHeaders: {},
    multiValueQueryStringParameters: null,
    body: null,
    isBase64Encoded: false,
    requestContext: { requestId: "chosen-by-the-client", identity: { sourceIp: "192.0.2.1" }, stage: "test" },
    ...changes,
  }) as unknown as APIGatewayProxyEvent;

const invocation = { awsRequestId: "invocation-1" };

/** What the service receives of an event. */
async function received(changes: object) {
  let request = new Request("https://none");
  let bindings: unknown;
  await createHandler({
    fetch: (given, context) => {
      [request, bindings] = [given, context];
      return new Response();
    },
  })(event(changes), invocation);
  return { request, bindings };
}

describe("an event of API Gateway", () => {
  it("becomes a request with its context", async () => {
    const multiValueHeaders = { Authorization: ["Bearer abc"], "Content-Type": ["application/json"] };
    const { request, bindings } = await received({ httpMethod: "POST", multiValueHeaders, body: '{"a":"ä"}' });
    expect([request.method, new URL(request.url).pathname]).toEqual(["POST", "/v1/patients"]);
    expect(Object.fromEntries(request.headers)).toEqual({
      authorization: "Bearer abc",
      "content-type": "application/json",
    });
    expect(await request.text()).toBe('{"a":"ä"}');
    expect(bindings).toEqual({ requestContext: { requestId: "invocation-1", identity: { sourceIp: "192.0.2.1" } } });
  });

  it("brings the claims of a token that the gateway has verified", async () => {
    const authorizer = { claims: { sub: "user-1" } };
    const requestContext = { requestId: "chosen-by-the-client", identity: { sourceIp: "192.0.2.1" }, authorizer };
    const { bindings } = await received({ requestContext });
    expect(bindings).toMatchObject({ requestContext: { requestId: "invocation-1", authorizer } });
  });

  it.each([["Zo\u0142"], ["a\nb"], ["a\rb"], ["a\0b"]])("loses a value that no header can hold: %j", async (value) => {
    const multiValueHeaders = { Authorization: [value], Accept: [value, "caf\u00e9\t*/*"], "If-Match": ['"1"'] };
    const { request } = await received({ multiValueHeaders });
    expect(Object.fromEntries(request.headers)).toEqual({ accept: "caf\u00e9\t*/*", "if-match": '"1"' });
  });

  it("keeps every value of the query, as it was meant", async () => {
    const { request } = await received({ multiValueQueryStringParameters: { familyName: ["O'Neil & sons?", "ä+"] } });
    expect(new URL(request.url).searchParams.getAll("familyName")).toEqual(["O'Neil & sons?", "ä+"]);
  });

  it("keeps bytes that are no text", async () => {
    const { request } = await received({ httpMethod: "PUT", body: "/w==", isBase64Encoded: true });
    expect(Buffer.from(await request.arrayBuffer())).toEqual(Buffer.from([0xff]));
  });

  it("does not take a decoded path for a query", async () => {
    const { request } = await received({ path: "/v1/patients/a?limit=1#b" });
    expect(new URL(request.url)).toMatchObject({ pathname: "/v1/patients/a%3Flimit=1%23b", search: "", hash: "" });
  });

  it("without a method that has a body loses it", async () => {
    const { request } = await received({ body: "{}" });
    expect(await request.text()).toBe("");
  });

  it("is answered as the proxy integration wants it", async () => {
    const handle = createHandler({
      fetch: () =>
        new Response('{"a":1}', { status: 201, headers: { ETag: '"1"', "Content-Type": "application/json" } }),
    });
    expect(await handle(event({}), invocation)).toEqual({
      statusCode: 201,
      headers: { etag: '"1"', "content-type": "application/json" },
      body: '{"a":1}',
    });
  });
});
