import { randomUUID } from "node:crypto";
import fc from "fast-check";
import type { OpenAPIV3 } from "openapi-types";
import { type Route, routes } from "../../service/contract";
import { schemas } from "../../service/contract-schemas";
import { allScopes, type Container, RecordsApi } from "./support/records-api";
import { addRecord, marked, registerPatient } from "./support/samples";

jest.setTimeout(240_000);

const runs = 150;

let api: RecordsApi;
let service: Container;
let token: string;
/** Of things that exist, so that the fuzz gets past looking them up. */
let known: Record<string, string>;

beforeAll(async () => {
  api = await RecordsApi.start();
  service = api.container();
  token = await api.signIn(service);
  const patient = await registerPatient(service, token);
  const record = await addRecord(service, token, patient.path);
  known = { patientId: patient.id, recordId: record.id };
});

afterAll(() => api.stop());

/** Text that is meant to go wrong, marked so that it can be found where it must not be. */
const nasty = fc
  .oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.string({ unit: "grapheme", maxLength: 40 }),
    fc.constantFrom(
      "'; DROP TABLE records.patients; --",
      "\\",
      "%",
      "\u0000",
      "\ud800",
      "\u0085",
      "../../etc/passwd",
      "{{7*7}}",
      "<script>",
      "\r\nSet-Cookie: a=b",
      "9".repeat(400),
    ),
  )
  .map((text) => `${text}Befundtext`);

const junk = fc.oneof(nasty, fc.jsonValue({ maxDepth: 2 }), fc.integer(), fc.double(), fc.constant(null));

/** Mostly what a schema allows, now and then not. */
function valueOf(schema: OpenAPIV3.SchemaObject): fc.Arbitrary<unknown> {
  const date = fc.date({ min: new Date("1700-01-01"), max: new Date("2300-01-01"), noInvalidDate: true });
  const moments = date.map((each) => each.toISOString());
  const valid: fc.Arbitrary<unknown> = schema.enum
    ? fc.constantFrom(...(schema.enum as string[]))
    : schema.format === "date"
      ? moments.map((text) => text.slice(0, 10))
      : schema.format === "date-time"
        ? moments
        : schema.format === "email"
          ? fc.emailAddress()
          : schema.pattern === undefined || schema.pattern === "\\S"
            ? fc.string({ unit: "grapheme", minLength: 1, maxLength: Math.min(schema.maxLength ?? 50, 300) })
            : fc.stringMatching(new RegExp(schema.pattern));
  return fc.oneof({ weight: 6, arbitrary: valid }, { weight: 1, arbitrary: junk });
}

function bodyOf({ declared }: Route): fc.Arbitrary<unknown> {
  const content = (declared.requestBody as OpenAPIV3.RequestBodyObject | undefined)?.content["application/json"];
  const model = (content?.schema as OpenAPIV3.ReferenceObject | undefined)?.$ref.split("/").at(-1);
  if (model === undefined) return fc.constant(undefined);
  const { properties = {}, required = [] } = schemas[model as keyof typeof schemas] as OpenAPIV3.SchemaObject;
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, valueOf(schema as OpenAPIV3.SchemaObject)]),
  );
  return fc.oneof(
    { weight: 8, arbitrary: fc.record(fields, { requiredKeys: required }) },
    { weight: 2, arbitrary: fc.record(fields, { requiredKeys: [] }) },
    { weight: 1, arbitrary: fc.jsonValue() },
    { weight: 1, arbitrary: nasty },
  );
}

const encoded = (text: string) => encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd"));

const parametersOf = ({ declared }: Route, place: string) =>
  ((declared.parameters ?? []) as OpenAPIV3.ParameterObject[]).filter((each) => each.in === place);

function pathOf(route: Route): fc.Arbitrary<string> {
  const names = parametersOf(route, "path").map(({ name }) => name);
  const values = names.map((name) =>
    fc.oneof(
      { weight: 6, arbitrary: fc.constant(name).map(() => known[name] ?? "") },
      { weight: 1, arbitrary: fc.uuid() },
      { weight: 1, arbitrary: nasty.map(encoded) },
    ),
  );
  return fc
    .tuple(...values)
    .map((texts) =>
      texts.reduce((path, text, index) => path.replace(`{${names[index] ?? ""}}`, () => text), route.path),
    );
}

function queryOf(route: Route): fc.Arbitrary<string> {
  const given = parametersOf(route, "query").map(({ name, schema }) =>
    fc.option(
      fc
        .oneof(fc.oneof(fc.integer().map(String), valueOf(schema as OpenAPIV3.SchemaObject).map(String)), nasty)
        .map((text) => `${name}=${encoded(text)}`),
    ),
  );
  const unknown = fc.option(
    fc.tuple(nasty, nasty).map(([name, text]) => `${encoded(name)}=${encoded(text)}`),
    { freq: 9 },
  );
  return fc.tuple(...given, unknown).map((parts) => parts.filter((part) => part !== null).join("&"));
}

/** What a client can put into a header at all. */
const headerText = nasty.map((text) => text.replace(/[^\t\x20-\x7e\x80-\xff]/g, "").trim());

const headersOf = fc.record({
  "Idempotency-Key": fc.oneof(
    fc.constant(null).map(() => randomUUID()),
    headerText,
  ),
  "If-Match": fc.oneof(
    fc.integer({ min: 1, max: 3 }).map((version) => `"${version}"`),
    headerText,
  ),
});

describe("whatever is asked", () => {
  const operations = routes.filter(({ operationId }) => !["getHealth", "endSession"].includes(operationId));

  it.each(operations.map((route) => [route.operationId, route] as const))(
    "of %s, the answer is one of the contract",
    async (_, route) => {
      const request = fc.tuple(pathOf(route), queryOf(route), headersOf, bodyOf(route));
      await fc.assert(
        fc.asyncProperty(request, async ([path, query, headers, body]) => {
          const answer = await service.request(route.method, query === "" ? path : `${path}?${query}`, {
            token,
            headers,
            body: route.method === "get" ? undefined : body,
          });
          // What conforms to the contract is no 500; this one is for paths that are none of it.
          expect(answer.status).toBeLessThan(500);
          expect(answer.text).not.toMatch(/ {4}at |node_modules|\.ts:|SELECT|pg_/);
        }),
        { numRuns: runs },
      );
    },
  );

  it("as authorization, it is refused", async () => {
    await fc.assert(
      fc.asyncProperty(headerText, fc.constantFrom("", "Bearer ", "bearer  "), async (text, scheme) => {
        const headers = { Authorization: scheme + text };
        expect((await service.request("GET", "/v1/patients", { headers })).status).toBe(401);
      }),
      { numRuns: runs },
    );
  });

  it("as a scope of a token, it opens nothing", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            nasty,
            fc.constantFrom(...allScopes).map((scope) => `${scope}x`),
          ),
        ),
        async (scopes) => {
          const given = api.tokens.issue(randomUUID(), scopes);
          expect((await service.request("GET", "/v1/patients", { token: given })).status).toBe(403);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("nothing of it is in a log line", () => {
    expect(service.logged.length).toBeGreaterThan(runs);
    expect(service.logged.filter((line) => !("operation" in line))).toEqual([]);
    const text = JSON.stringify([service.logged, service.auditLines]);
    for (const word of marked) expect(text).not.toContain(word);
  });

  it("no access went without its line", () => {
    const requests = service.logged.filter((line) => "operation" in line && line.operation !== "none");
    const told = new Set(service.auditLines.map(({ requestId }) => requestId));
    expect(requests.filter((line) => "requestId" in line && !told.has(String(line.requestId)))).toEqual([]);
  });
});
