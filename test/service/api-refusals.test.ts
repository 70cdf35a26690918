import { randomUUID } from "node:crypto";
import { maximumBodyBytes, routes } from "../../service/contract";
import { encodeCursor } from "../../service/records/store/pages";
import { TokenIssuer } from "../../tools/token-issuer";
import { allScopes, type Container, RecordsApi, type RequestOptions } from "./support/records-api";
import { addRecord, ifMatch, newKey, patientDetails, recordDetails, registerPatient } from "./support/samples";

jest.setTimeout(60_000);

let api: RecordsApi;
let service: Container;
let token: string;

beforeAll(async () => {
  api = await RecordsApi.start();
  service = api.container();
  token = await api.signIn(service);
});

afterAll(() => api.stop());

const seconds = () => Math.floor(Date.now() / 1000);
const request = (method: string, path: string, options: RequestOptions = {}) =>
  service.request(method, path, { token, ...options });

const concrete = (path: string) => path.replace(/\{\w+\}/g, () => randomUUID());
const guarded = routes.filter(({ scope }) => scope !== null);

describe("a token", () => {
  const forged = (): string => new TokenIssuer().issue("user-1", allScopes);

  it.each<[string, () => string | undefined, string]>([
    ["that is missing", () => undefined, "Bearer"],
    ["that is forged", forged, 'Bearer error="invalid_token"'],
    [
      "whose clock is ahead",
      () => api.tokens.issue("user-1", allScopes, { iat: seconds() + 120 }),
      'Bearer error="invalid_token"',
    ],
    [
      "that has expired",
      () => api.tokens.issue("user-1", allScopes, { exp: seconds() - 120 }),
      'Bearer error="invalid_token"',
    ],
  ])("%s opens nothing", async (_, make, challenge) => {
    for (const { method, path } of guarded) {
      const answer = await service.request(method, concrete(path), { token: make() });
      expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, challenge]);
    }
  });

  it("whose clock is a little ahead is taken", async () => {
    const skewed = api.tokens.issue(randomUUID(), allScopes, { iat: seconds() + 15, auth_time: seconds() });
    expect((await service.request("POST", "/v1/session", { token: skewed })).status).toBe(201);
  });

  it.each(guarded.map(({ operationId, ...route }) => [operationId, route] as const))(
    "without its scope is not enough for %s",
    async (_, { method, path, scope }) => {
      const others = allScopes.filter((each) => each !== scope);
      const answer = await service.request(method, concrete(path), { token: api.tokens.issue("user-1", others) });
      expect(answer).toMatchObject({
        status: 403,
        body: { title: "Forbidden", detail: `The access token lacks the scope ${String(scope)}.` },
      });
      expect(answer.headers.get("www-authenticate")).toBe(
        `Bearer error="insufficient_scope", scope="${String(scope)}"`,
      );
    },
  );
});

describe("a body", () => {
  const create = (body: unknown, headers = {}) =>
    request("POST", "/v1/patients", { body, headers: { ...newKey(), ...headers } });

  it("is refused with every field that is wrong", async () => {
    const { sex, phone, ...rest } = patientDetails();
    const body = { ...rest, birthDate: "2025-02-30", phone: "0871234567", givenName: "  ", nickname: "x" };
    expect(await create(body)).toMatchObject({
      status: 400,
      body: {
        detail: "The request is not what the API takes.",
        errors: [
          {
            pointer: "/nickname",
            detail:
              "Not known here. Allowed: medicalRecordNumber, familyName, givenName, birthDate, sex, phone, email.",
          },
          { pointer: "/givenName", detail: "Allowed: text of 1 to 100 characters, not all spaces." },
          { pointer: "/birthDate", detail: "Allowed: a date such as 1980-02-29." },
          { pointer: "/sex", detail: "Missing. Allowed: one of female, male, other, unknown." },
          { pointer: "/phone", detail: "Allowed: text like ^\\+[1-9][0-9]{6,14}$." },
        ],
      },
    });
  });

  it.each<[string, string, string]>([
    ["that is not JSON", '{"a":', "Not JSON."],
    ["that is empty", "", "Not JSON."],
    ["that is no object", "[1]", "Not a JSON object."],
    ["that is null", "null", "Not a JSON object."],
  ])("%s is refused", async (_, body, detail) => {
    expect(await create(body)).toMatchObject({ status: 400, body: { errors: [{ pointer: "", detail }] } });
  });

  it.each([
    ["a NUL", "a\u0000b"],
    ["half of a surrogate pair", "a\ud800b"],
  ])("with %s is refused, as it cannot be stored", async (_, familyName) => {
    const answer = await create(patientDetails({ familyName }));
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: "/familyName" }] } });
  });

  it("of which a property would become a prototype is refused", async () => {
    const answer = await create(`{"__proto__": {"admin": true}, ${JSON.stringify(patientDetails()).slice(1)}`);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: "/__proto__" }] } });
  });

  it.each([["text/plain"], ["application/x-www-form-urlencoded"], ["application/json-patch+json"]])(
    "of type %s is refused",
    async (type) => {
      expect(await create(patientDetails(), { "Content-Type": type })).toMatchObject({
        status: 415,
        body: { title: "Unsupported Media Type", detail: "The body must be application/json." },
      });
    },
  );

  it("may be as long as the longest record, and a megabyte is too long", async () => {
    const { path } = await registerPatient(service, token);
    const add = (text: string) =>
      request("POST", `${path}/records`, { body: recordDetails({ text }), headers: newKey() });
    expect((await add("𝄞".repeat(20_000))).status).toBe(201);
    expect((await add("a".repeat(20_001))).status).toBe(400);
    expect(await add("a".repeat(1_000_000))).toMatchObject({
      status: 413,
      body: { detail: `The body is larger than ${maximumBodyBytes} bytes.` },
    });
  });

  it("that lies about its length is cut off all the same", async () => {
    const answer = await create("x".repeat(maximumBodyBytes + 1), { "Content-Length": "10" });
    expect(answer.status).toBe(413);
  });

  it("about the future is refused", async () => {
    const { path } = await registerPatient(service, token);
    const tomorrow = new Date(Date.now() + 2 * 86_400_000).toISOString();
    expect(await create(patientDetails({ birthDate: tomorrow.slice(0, 10) }))).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: "/birthDate", detail: "It is in the future." }] },
    });
    for (const [occurredAt, detail] of [
      [tomorrow, "It is in the future."],
      ["2016-12-31T23:59:60Z", "There is no such moment."],
    ])
      expect(
        await request("POST", `${path}/records`, { body: recordDetails({ occurredAt }), headers: newKey() }),
      ).toMatchObject({ status: 422, body: { errors: [{ pointer: "/occurredAt", detail }] } });
  });
});

describe("parameters", () => {
  it.each<[string, string, string, string]>([
    ["an unknown one", "?familyname=a", "familyname", "Not known here. Allowed: familyName, birthDate, limit, cursor."],
    ["one given twice", "?limit=1&limit=2", "limit", "Given more than once."],
    ["a limit of none", "?limit=0", "limit", "Allowed: a whole number from 1 to 100."],
    ["a limit that is no number", "?limit=1e1", "limit", "Allowed: a whole number from 1 to 100."],
    ["an empty name", "?familyName=", "familyName", "Allowed: text of 1 to 100 characters, not all spaces."],
    ["a name with a NUL", "?familyName=a%00", "familyName", "Allowed: text of 1 to 100 characters, not all spaces."],
    ["a day that does not exist", "?birthDate=2025-02-29", "birthDate", "Allowed: a date such as 1980-02-29."],
    ["a made-up cursor", "?cursor=AAAA", "cursor", "The cursor is not one of this list."],
    [
      "a made-up cursor with a check that is right",
      `?cursor=${encodeCursor(["patients", null, null], {} as string[])}`,
      "cursor",
      "The cursor is not one of this list.",
    ],
  ])("refuse %s", async (_, query, parameter, detail) => {
    expect(await request("GET", `/v1/patients${query}`)).toMatchObject({
      status: 400,
      body: { errors: [{ parameter, detail }] },
    });
  });

  it("that only the database finds impossible are a problem of the request", async () => {
    const cursor = encodeCursor(["patients", null, null], ["a", "no UUID"]);
    expect(await request("GET", `/v1/patients?cursor=${cursor}`)).toMatchObject({
      status: 400,
      body: { detail: "A value is not one that can be stored or searched for." },
    });
  });

  it("are all told of", async () => {
    expect(await request("PUT", "/v1/patients/7", { body: patientDetails() })).toMatchObject({
      status: 400,
      body: {
        errors: [
          { parameter: "patientId", detail: "Allowed: a UUID in lower case." },
          { parameter: "If-Match", detail: 'Missing. Allowed: text like ^"[1-9][0-9]{0,9}"$.' },
        ],
      },
    });
  });
});

describe("what does not exist", () => {
  it.each<[string, (id: string) => [string, string, RequestOptions?], string]>([
    ["a patient", (id) => ["GET", `/v1/patients/${id}`], "There is no such patient."],
    [
      "a patient to change",
      (id) => ["PUT", `/v1/patients/${id}`, { body: patientDetails(), headers: ifMatch(1) }],
      "There is no such patient.",
    ],
    ["a patient's records", (id) => ["GET", `/v1/patients/${id}/records`], "There is no such patient."],
    [
      "a patient to add to",
      (id) => ["POST", `/v1/patients/${id}/records`, { body: recordDetails(), headers: newKey() }],
      "There is no such patient.",
    ],
    ["a record", (id) => ["GET", `/v1/patients/${id}/records/${id}`], "There is no such record."],
    ["a version", (id) => ["GET", `/v1/patients/${id}/records/${id}?version=2147483647`], "There is no such record."],
    [
      "a record to amend",
      (id) => [
        "PUT",
        `/v1/patients/${id}/records/${id}`,
        { body: { ...recordDetails(), amendmentReason: "reason" }, headers: ifMatch(1) },
      ],
      "There is no such record.",
    ],
    ["a patient's accesses", (id) => ["GET", `/v1/patients/${id}/accesses`], "There is no such patient."],
  ])("is not found: %s", async (_, make, detail) => {
    expect(await request(...make(randomUUID()))).toMatchObject({ status: 404, body: { title: "Not Found", detail } });
  });

  it("is not found under another patient", async () => {
    const [patient, stranger] = [await registerPatient(service, token), await registerPatient(service, token)];
    const record = await addRecord(service, token, patient.path);
    for (const path of [`${stranger.path}/records/${record.id}`, `${stranger.path}/records/${record.id}?version=1`])
      expect((await request("GET", path)).status).toBe(404);
    expect((await request("GET", record.path)).status).toBe(200);
  });
});
