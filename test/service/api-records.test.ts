import { randomUUID } from "node:crypto";
import { type Container, type Received, RecordsApi, type RequestOptions } from "./support/records-api";
import { addRecord, ifMatch, newKey, patientDetails, recordDetails, registerPatient } from "./support/samples";

jest.setTimeout(60_000);

let api: RecordsApi;
let service: Container;
let token: string;
const userId = randomUUID();

beforeAll(async () => {
  api = await RecordsApi.start();
  service = api.container();
  token = await api.signIn(service, undefined, userId);
});

afterAll(() => api.stop());

const request = (method: string, path: string, options: RequestOptions = {}) =>
  service.request(method, path, { token, ...options });

type Items = { id: string }[];

/** Ids of a list, by pages of two. */
async function pages(path: string, query = ""): Promise<string[]> {
  const ids: string[] = [];
  let next: string | undefined = "";
  while (next !== undefined) {
    const { status, body }: Received = await request("GET", `${path}?limit=2${query}${next}`);
    expect(status).toBe(200);
    const items = body.items as Items;
    expect(items.length).toBeLessThanOrEqual(2);
    ids.push(...items.map(({ id }) => id));
    const { nextCursor } = body as { nextCursor?: string };
    next = nextCursor === undefined ? undefined : `&cursor=${nextCursor}`;
  }
  return ids;
}

describe("a patient", () => {
  it("is registered, read and changed; who comes too late is told so", async () => {
    const given = patientDetails();
    const created = await request("POST", "/v1/patients", { body: given, headers: newKey() });
    const { id, createdAt } = created.body;
    expect(created.body).toEqual({ ...given, id, version: 1, createdAt, updatedAt: createdAt });
    expect(created.headers.get("etag")).toBe('"1"');
    const path = created.headers.get("location") ?? "";
    expect(path).toBe(`/v1/patients/${String(id)}`);

    const read = await request("GET", path);
    expect([read.status, read.body, read.headers.get("etag")]).toEqual([200, created.body, '"1"']);

    const { email, ...withoutEmail } = patientDetails({ familyName: "Synthetikson-Other" });
    const changed = await request("PUT", path, { body: withoutEmail, headers: ifMatch(1) });
    const { updatedAt } = changed.body;
    expect(changed.body).toEqual({ ...withoutEmail, id, version: 2, createdAt, updatedAt });
    expect(changed.headers.get("etag")).toBe('"2"');
    expect((await request("GET", path)).body).toEqual(changed.body);

    expect(await request("PUT", path, { body: given, headers: ifMatch(1) })).toMatchObject({
      status: 412,
      body: { detail: "The patient was changed in the meantime." },
    });
    expect((await request("GET", path)).body).toEqual(changed.body);
  });

  it("has a medical record number of its own", async () => {
    const [one, other] = [await registerPatient(service, token), await registerPatient(service, token)];
    const taken = patientDetails({ medicalRecordNumber: String(one.body.medicalRecordNumber) });
    const conflict = { status: 409, body: { detail: "Another patient has this medical record number." } };
    expect(await request("POST", "/v1/patients", { body: taken, headers: newKey() })).toMatchObject(conflict);
    expect(await request("PUT", other.path, { body: taken, headers: ifMatch(1) })).toMatchObject(conflict);
    expect((await request("GET", other.path)).body).toEqual(other.body);
  });

  it("is registered once for each key", async () => {
    const [headers, body] = [newKey(), patientDetails()];
    const first = await request("POST", "/v1/patients", { headers, body });
    const again = await request("POST", "/v1/patients", { headers, body });
    expect([again.status, again.body, again.headers.get("location")]).toEqual([
      201,
      first.body,
      first.headers.get("location"),
    ]);
    expect(await request("POST", "/v1/patients", { headers, body: patientDetails() })).toMatchObject({
      status: 422,
      body: { detail: "The Idempotency-Key was used for other content." },
    });
  });

  it("is found by the beginning of the family name and by the birth date, a page at a time", async () => {
    const family = `Suche${randomUUID().slice(0, 8)}`;
    const born = async (birthDate: string, familyName: string) =>
      (await registerPatient(service, token, { birthDate, familyName })).id;
    const b = await born("1970-01-02", `${family}b`);
    const a = await born("1970-01-01", `${family}a`);
    const c = await born("1970-01-02", `${family.toUpperCase()}c`);
    expect(await pages("/v1/patients", `&familyName=${family}`)).toEqual([a, b, c]);
    expect(await pages("/v1/patients", `&familyName=${family}&birthDate=1970-01-02`)).toEqual([b, c]);
    expect(await pages("/v1/patients", `&familyName=${encodeURIComponent("%")}`)).toEqual([]);
    const everyone = await pages("/v1/patients");
    expect(everyone.filter((id) => [a, b, c].includes(id))).toEqual([a, b, c]);
    expect(new Set(everyone).size).toBe(everyone.length);
  });

  it("is found by a name with accents, composed or not, and has it composed", async () => {
    const family = `René${randomUUID().slice(0, 8)}`;
    const [composed, decomposed] = [family.normalize("NFC"), family.normalize("NFD")];
    const { id, body } = await registerPatient(service, token, { familyName: decomposed, givenName: decomposed });
    expect(body).toMatchObject({ familyName: composed, givenName: composed });
    for (const name of [composed, decomposed])
      expect(await pages("/v1/patients", `&familyName=${encodeURIComponent(name)}`)).toEqual([id]);
  });

  it("has a name that is not too long in the form in which it is kept", async () => {
    // Hebrew letters that Unicode takes apart in both forms.
    const body = patientDetails({ familyName: "\ufb2c".repeat(100) });
    expect((await request("POST", "/v1/patients", { headers: newKey(), body })).status).toBe(400);
  });

  it("is listed after the one with the longest cursor", async () => {
    const familyName = "\u0001".repeat(100);
    const ids = [];
    for (let count = 0; count < 2; count++) ids.push((await registerPatient(service, token, { familyName })).id);
    const { body } = await request("GET", `/v1/patients?limit=1&familyName=${encodeURIComponent(familyName)}`);
    expect(String(body.nextCursor)).toHaveLength(868);
    expect(await pages("/v1/patients", `&familyName=${encodeURIComponent(familyName)}`)).toEqual(ids.sort());
  });

  it("is not listed by a cursor of another search", async () => {
    const { body } = await request("GET", "/v1/patients?limit=1");
    const cursor = String(body.nextCursor);
    expect((await request("GET", `/v1/patients?limit=1&cursor=${cursor}`)).status).toBe(200);
    expect((await request("GET", `/v1/patients?limit=1&cursor=${cursor}&familyName=a`)).status).toBe(400);
  });
});

describe("a record", () => {
  it("is added and amended; every version stays", async () => {
    const patient = await registerPatient(service, token);
    const given = recordDetails();
    const created = await request("POST", `${patient.path}/records`, { body: given, headers: newKey() });
    const { id, recordedAt } = created.body;
    const first = { ...given, id, patientId: patient.id, version: 1, recordedBy: userId, recordedAt };
    expect([created.body, created.headers.get("etag")]).toEqual([first, '"1"']);
    const path = created.headers.get("location") ?? "";
    expect((await request("GET", path)).body).toEqual(first);

    const amendment = { ...recordDetails({ text: "amended" }), amendmentReason: "typing error" };
    const amended = await request("PUT", path, { body: amendment, headers: ifMatch(1) });
    const second = { ...first, ...amendment, version: 2, recordedAt: amended.body.recordedAt };
    expect([amended.status, amended.body, amended.headers.get("etag")]).toEqual([200, second, '"2"']);
    expect((await request("GET", path)).body).toEqual(second);
    expect((await request("GET", `${path}?version=1`)).body).toEqual(first);
    expect((await request("GET", `${path}?version=2`)).body).toEqual(second);
    expect((await request("GET", `${path}?version=3`)).status).toBe(404);
  });

  it("of two writers at the same time takes one's change, and refuses the other's", async () => {
    const record = await addRecord(service, token, (await registerPatient(service, token)).path);
    const answers = await Promise.all(
      [service, api.container()].map((container, index) =>
        container.request("PUT", record.path, {
          token,
          headers: ifMatch(1),
          body: { ...recordDetails({ text: `writer ${index}` }), amendmentReason: "reason" },
        }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    const winner = answers.find(({ status }) => status === 200);
    expect((await request("GET", record.path)).body).toEqual(winner?.body);
  });

  it("is added once for each key, also by two requests at the same time", async () => {
    const { path } = await registerPatient(service, token);
    const [headers, body] = [newKey(), recordDetails()];
    const answers = await Promise.all(
      [service, api.container()].map((container) =>
        container.request("POST", `${path}/records`, { token, headers, body }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(answers[0]?.body).toEqual(answers[1]?.body);
    expect(await pages(`${path}/records`)).toHaveLength(1);
  });

  it("is listed in its latest version, the most recent event first", async () => {
    const { path } = await registerPatient(service, token);
    const added = [];
    for (const day of ["2026-03-01", "2026-01-01", "2026-02-01"])
      added.push(await addRecord(service, token, path, { occurredAt: `${day}T00:00:00.000Z` }));
    const [march, january, february] = added.map(({ id }) => id);
    expect(await pages(`${path}/records`)).toEqual([march, february, january]);
    const body = { ...recordDetails({ occurredAt: "2026-04-01T00:00:00Z" }), amendmentReason: "wrong month" };
    await request("PUT", added[1]?.path ?? "", { body, headers: ifMatch(1) });
    expect(await pages(`${path}/records`)).toEqual([january, march, february]);
  });
});
