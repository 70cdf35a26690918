import { randomUUID } from "node:crypto";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { type AuditLine, deliverToCloudWatch } from "../../service/records/audit-log";
import { verifyChain } from "../../service/operations/verify-chain";
import { type Container, RecordsApi, type RequestOptions, sourceAddress } from "./support/records-api";
import { addRecord, ifMatch, marked, newKey, patientDetails, recordDetails, registerPatient } from "./support/samples";

jest.setTimeout(60_000);

let api: RecordsApi;
let service: Container;
let token: string;
const userId = randomUUID();

beforeAll(async () => {
  api = await RecordsApi.start();
});

beforeEach(async () => {
  service = api.container();
  token = await api.signIn(service, undefined, userId);
});

afterAll(() => api.stop());

const uuid = expect.stringMatching(/^[0-9a-f]{8}-/) as string;
const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;

/** What a request adds to the audit log. */
async function lines(method: string, path: string, options: RequestOptions = {}) {
  service.auditLines.length = 0;
  const { requestId, status, body } = await service.request(method, path, { token, ...options });
  for (const line of service.auditLines) expect(line).toMatchObject({ requestId, sourceAddress });
  return { status, body, lines: service.auditLines.map(({ requestId: _, sourceAddress: __, ...line }) => line) };
}

const read = (action: AuditLine["action"], more: object, outcome = "allowed") => ({
  id: uuid,
  occurredAt: moment,
  userId,
  action,
  outcome,
  ...more,
});

const written = (action: AuditLine["action"], more: object) => ({
  ...read(action, more),
  sequence: expect.stringMatching(/^[1-9]\d*$/) as string,
  hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
});

const chainLength = async () =>
  Number((await api.database.run<{ count: string }>("SELECT count(*) FROM records.audit_entries"))[0]?.count);

describe("every access has its line in the audit log", () => {
  it("reads: which patient or record, in which version", async () => {
    const patient = await registerPatient(service, token);
    const record = await addRecord(service, token, patient.path);
    const before = await chainLength();
    const [patientId, recordId] = [patient.id, record.id];
    expect((await lines("GET", patient.path)).lines).toEqual([read("getPatient", { patientId, version: 1 })]);
    expect((await lines("GET", patient.path)).lines).toEqual([read("getPatient", { patientId, version: 1 })]);
    expect((await lines("GET", record.path)).lines).toEqual([read("getRecord", { patientId, recordId, version: 1 })]);
    expect((await lines("GET", `${patient.path}/accesses`)).lines).toEqual([read("listAccesses", { patientId })]);
    expect((await lines("GET", "/v1/session")).lines).toEqual([read("getSession", {})]);
    expect(await chainLength()).toBe(before);
  });

  it("lists: every patient or record that was shown, or that there was none", async () => {
    const family = `Liste${randomUUID().slice(0, 8)}`;
    const one = await registerPatient(service, token, { familyName: `${family}a` });
    const two = await registerPatient(service, token, { familyName: `${family}b` });
    expect((await lines("GET", `/v1/patients?familyName=${family}`)).lines).toEqual(
      [one, two].map(({ id }) => read("listPatients", { patientId: id, version: 1 })),
    );
    expect((await lines("GET", `/v1/patients?familyName=${family}c`)).lines).toEqual([read("listPatients", {})]);
    const record = await addRecord(service, token, one.path);
    expect((await lines("GET", `${one.path}/records`)).lines).toEqual([
      read("listRecords", { patientId: one.id, recordId: record.id, version: 1 }),
    ]);
    expect((await lines("GET", `${two.path}/records`)).lines).toEqual([read("listRecords", { patientId: two.id })]);
  });

  it("writes: with their place in the chain, which they take in the same transaction", async () => {
    const before = await chainLength();
    const created = await lines("POST", "/v1/patients", { body: patientDetails(), headers: newKey() });
    const patientId = String(created.body.id);
    expect(created.lines).toEqual([written("createPatient", { patientId, version: 1 })]);
    const path = `/v1/patients/${patientId}`;
    const changed = await lines("PUT", path, { body: patientDetails(), headers: ifMatch(1) });
    expect(changed.lines).toEqual([written("updatePatient", { patientId, version: 2 })]);
    const added = await lines("POST", `${path}/records`, { body: recordDetails(), headers: newKey() });
    const recordId = String(added.body.id);
    expect(added.lines).toEqual([written("createRecord", { patientId, recordId, version: 1 })]);
    const body = { ...recordDetails(), amendmentReason: "reason" };
    const amended = await lines("PUT", `${path}/records/${recordId}`, { body, headers: ifMatch(1) });
    expect(amended.lines).toEqual([written("amendRecord", { patientId, recordId, version: 2 })]);
    expect(await chainLength()).toBe(before + 4);

    const [{ sequence = "", hash = "" } = {}] = amended.lines;
    expect(await verifyChain(service.database, [{ sequence, hash }])).toMatchObject({ intact: true, anchors: 1 });
  });

  it("the session: opened, ended", async () => {
    const fresh = api.tokens.issue(userId, ["records/read"]);
    expect((await lines("POST", "/v1/session", { token: fresh })).lines).toEqual([read("openSession", {})]);
    expect((await lines("DELETE", "/v1/session", { token: fresh })).lines).toEqual([read("endSession", {})]);
  });

  it("refusals: who was refused what, as far as that is known", async () => {
    const patient = await registerPatient(service, token);
    const refused = (action: AuditLine["action"], more: object) => read(action, more, "refused");
    const [patientId, recordId] = [patient.id, randomUUID()];
    const unknown = { token: "forged" };
    expect((await lines("GET", patient.path, unknown)).lines).toEqual([
      refused("getPatient", { userId: null, patientId }),
    ]);
    const readOnly = { token: api.tokens.issue(userId, ["records/read"]) };
    expect((await lines("PUT", patient.path, readOnly)).lines).toEqual([refused("updatePatient", { patientId })]);
    expect((await lines("GET", patient.path, readOnly)).lines).toEqual([refused("getPatient", { patientId })]);
    expect((await lines("GET", `${patient.path}/records/${recordId}`)).lines).toEqual([
      refused("getRecord", { patientId, recordId }),
    ]);
    expect((await lines("GET", "/v1/patients/Synthetikson")).lines).toEqual([refused("getPatient", {})]);
    const before = await chainLength();
    const late = { body: patientDetails(), headers: ifMatch(7) };
    expect((await lines("PUT", patient.path, late)).lines).toEqual([refused("updatePatient", { patientId })]);
    expect(await chainLength()).toBe(before);
  });

  it("and nothing of a patient in any line or log", async () => {
    const patient = await registerPatient(service, token);
    await addRecord(service, token, patient.path);
    await service.request("GET", "/v1/patients?familyName=Synthetikson", { token });
    await service.request("GET", `/v1/patients/Synthetikson`, { token });
    await service.request("POST", "/v1/patients", { token, body: { ...patientDetails(), sex: "Befundtext" } });
    expect(service.auditLines.length).toBeGreaterThan(4);
    const text = JSON.stringify([service.auditLines, service.logged]);
    for (const word of marked) expect(text).not.toContain(word);
  });
});

describe("the audit log group", () => {
  const logGroup = "audit-test";
  const kept = () => api.database.aws.logs.messages(logGroup).map((message) => JSON.parse(message) as AuditLine);
  let container: Container;
  beforeEach(() => {
    api.database.aws.logs.deleteStreams(logGroup);
    const client = new CloudWatchLogsClient({
      region: "eu-west-1",
      endpoint: api.database.aws.endpoint,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      maxAttempts: 1,
    });
    container = api.container({ deliverAuditLines: deliverToCloudWatch(client, logGroup) });
  });

  it("has the line of each access by the time that it is answered, those at the same time in few calls", async () => {
    const patient = await registerPatient(service, token);
    const get = () => container.request("GET", patient.path, { token });
    const first = await get();
    api.database.aws.clear();
    const answers = await Promise.all(Array.from({ length: 20 }, get));
    expect(
      kept()
        .map(({ requestId }) => requestId)
        .sort(),
    ).toEqual([first, ...answers].map(({ requestId }) => requestId).sort());
    expect(kept()[0]).toEqual({
      ...read("getPatient", { patientId: patient.id, version: 1 }),
      requestId: first.requestId,
      sourceAddress,
    });
    const puts = api.database.aws.calls.filter((call) => call === "PutLogEvents");
    expect(puts.length).toBeLessThan(20);
  });

  it("whose stream somebody deleted gets another: one access is not answered, the next is", async () => {
    const patient = await registerPatient(service, token);
    const get = () => container.request("GET", patient.path, { token });
    expect((await get()).status).toBe(200);
    api.database.aws.logs.deleteStreams(logGroup);
    expect((await get()).status).toBe(503);
    const answered = await get();
    expect(answered.status).toBe(200);
    expect(kept().map(({ requestId }) => requestId)).toEqual([answered.requestId]);
  });

  it.each(["before", "after"] as const)("that fails %s it keeps the line: nothing is answered", async (when) => {
    const patient = await registerPatient(service, token);
    const get = () => container.request("GET", patient.path, { token });
    for (const operation of ["CreateLogStream", "PutLogEvents"]) {
      api.database.aws.failAt({ operation, occurrence: 1, when });
      expect((await get()).status).toBe(503);
      expect((await get()).status).toBe(200);
    }
  });

  it("that rejects the line for its time keeps it from being answered, though the call succeeds", async () => {
    const patient = await registerPatient(service, token);
    api.database.aws.logs.rejects = true;
    const answer = await container.request("GET", patient.path, { token });
    api.database.aws.logs.rejects = false;
    expect(answer.status).toBe(503);
    expect((await container.request("GET", patient.path, { token })).status).toBe(200);
  });
});

describe("without its line in the audit log", () => {
  it("no read is answered, and no refusal", async () => {
    const patient = await registerPatient(service, token);
    const container = api.container({ deliverAuditLines: () => Promise.reject(new Error("log group gone")) });
    for (const options of [{ token }, { token: "forged" }]) {
      const answer = await container.request("GET", patient.path, options);
      expect(answer).toMatchObject({ status: 503, body: { title: "Service Unavailable" } });
      expect(answer.text).not.toContain("Synthetikson");
      expect(container.logged).toContainEqual({
        message: "failed",
        requestId: answer.requestId,
        error: { dependency: "audit log", name: "Error" },
      });
    }
  });

  it("a write that is in the chain is answered, counted and logged", async () => {
    const container = api.container({ deliverAuditLines: () => Promise.reject(new Error("log group gone")) });
    const body = patientDetails();
    const { status, requestId } = await container.request("POST", "/v1/patients", { token, headers: newKey(), body });
    expect(status).toBe(201);
    expect(container.counts).toEqual({ AuditLogFailures: 1 });
    expect(container.logged[0]).toEqual({
      message: "audit log failed after a write",
      requestId,
      error: { dependency: "audit log", name: "Error" },
    });
  });
});

it("without its entry in the chain a write has no effect", async () => {
  const patient = await registerPatient(service, token);
  await api.database.run("REVOKE EXECUTE ON FUNCTION records.append_audit FROM records_service");
  try {
    const changes = { body: patientDetails(), headers: ifMatch(1), token };
    await expect(service.request("PUT", patient.path, changes)).rejects.toThrow("does not declare status 500");
  } finally {
    await api.database.run("GRANT EXECUTE ON FUNCTION records.append_audit TO records_service");
  }
  const { body } = await api.container({ cacheSeconds: 0 }).request("GET", patient.path, { token });
  expect(body).toEqual(patient.body);
});

describe("a patient's accesses", () => {
  it("are listed, the latest first, a page at a time", async () => {
    const patient = await registerPatient(service, token);
    await service.request("PUT", patient.path, { token, body: patientDetails(), headers: ifMatch(1) });
    const first = await service.request("GET", `${patient.path}/accesses?limit=1`, { token });
    const common = { id: uuid, occurredAt: moment, userId, patientId: patient.id, outcome: "allowed", sourceAddress };
    expect(first.body.items).toEqual([{ ...common, action: "updatePatient", version: 2, requestId: uuid }]);
    const rest = await service.request("GET", `${patient.path}/accesses?cursor=${String(first.body.nextCursor)}`, {
      token,
    });
    expect(rest.body).toEqual({
      items: [{ ...common, action: "createPatient", version: 1, requestId: patient.requestId }],
    });
  });
});
