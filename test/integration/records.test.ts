import { randomUUID } from "node:crypto";
import { paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { serviceLogGroups } from "../../lib/naming";
import { firstHealthy, healthLimit } from "./health";
import { invoke, wakeLimit } from "./invocations";
import { testLocally } from "./local-limits";
import { type SignedInUser, signIn } from "./signed-in-user";
import { apiUrl, aws, collect, environmentSuffix, eventually, nameOf, outputs } from "./stack";

const details = {
  medicalRecordNumber: `N-${randomUUID().slice(0, 8).toUpperCase()}`,
  familyName: "Synthetikson",
  givenName: "Probandina",
  birthDate: "1980-02-29",
  sex: "female",
};

/** Seconds that an operation may take, on a trail that has grown for years: the longest that Lambda lets it. */
const operationLimit = 900;

let user: SignedInUser;
const startTime = Date.now();

async function call(method: string, path: string, headers: Record<string, string> = {}, body?: object) {
  const response = await fetch(`${apiUrl}${path}`, {
    method,
    headers: { Authorization: `Bearer ${user.accessToken}`, ...headers },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: (text === "" ? {} : JSON.parse(text)) as Record<string, unknown> };
}

const messagesIn = (logGroupName: string) =>
  collect(paginateFilterLogEvents({ client: aws.logs }, { logGroupName, startTime }), (page) =>
    page.events?.map(({ message = "" }) => message),
  );

/** The lines of the audit log that tell of a patient. */
async function auditLines(patientId: string): Promise<Record<string, unknown>[]> {
  const messages = await messagesIn(outputs.auditLogGroupName);
  expect(messages.filter((message) => message.includes(details.familyName))).toEqual([]);
  const lines = messages.map((message) => JSON.parse(message) as Record<string, unknown>);
  return lines.filter((line) => line.patientId === patientId);
}

describe("a signed-in user", () => {
  let patientId: string;

  beforeAll(
    async () => {
      await firstHealthy(randomUUID());
      user = await signIn();
    },
    (healthLimit + 30) * 1000,
  );

  afterAll(() => user.remove());

  testLocally("by a signed-in user", "opens a session, without which there is nothing to see", async () => {
    expect(await call("GET", "/v1/patients")).toMatchObject({ status: 401 });
    expect(await call("POST", "/v1/session")).toMatchObject({ status: 201, body: { userId: user.id } });
    expect(await call("GET", "/v1/patients")).toMatchObject({ status: 200 });
  });

  testLocally("by a signed-in user", "registers a patient and reads it, also from the cache", async () => {
    const headers = { "Content-Type": "application/json", "Idempotency-Key": randomUUID() };
    const registered = await call("POST", "/v1/patients", headers, details);
    expect(registered).toMatchObject({ status: 201, body: details });
    patientId = String(registered.body.id);
    const path = `/v1/patients/${patientId}`;
    const read = { status: 200, body: registered.body };
    expect([await call("GET", path), await call("GET", path)]).toEqual([read, read]);
  });

  testLocally(
    "by a signed-in user",
    "leaves a line in the audit log for every access, without the patient's data",
    async () => {
      const lines = await eventually("the audit log tells of all three", 60, async () => {
        const found = await auditLines(patientId);
        return found.length >= 3 ? found : undefined;
      });
      const told = lines.map(({ action, outcome, sequence, userId }) => ({
        action,
        outcome,
        isEntry: sequence !== undefined,
        userId,
      }));
      const allowed = { outcome: "allowed", userId: user.id };
      expect(told).toEqual([
        { ...allowed, action: "createPatient", isEntry: true },
        { ...allowed, action: "getPatient", isEntry: false },
        { ...allowed, action: "getPatient", isEntry: false },
      ]);
    },
    90_000,
  );

  testLocally(
    "by a signed-in user",
    "is refused with a mistake in the body, which no log quotes",
    async () => {
      const headers = { "Content-Type": "application/json", "Idempotency-Key": randomUUID() };
      const phone = `no number ${randomUUID()}`;
      expect(await call("POST", "/v1/patients", headers, { ...details, phone })).toMatchObject({ status: 400 });
      await eventually("the access log tells of the request", 180, async () =>
        (await messagesIn(nameOf("api-access"))).find(
          (message) => message.includes(user.id) && message.includes('"status":"400"'),
        ),
      );
      const logGroups = [
        nameOf("api-access"),
        nameOf("aws-waf-logs"),
        outputs.auditLogGroupName,
        serviceLogGroups.apiExecution(outputs.apiId, environmentSuffix),
        serviceLogGroups.lambda(nameOf("records-service")),
      ];
      const messages = (await Promise.all(logGroups.map(messagesIn))).flat();
      expect(messages.filter((message) => message.includes(phone))).toEqual([]);
    },
    200_000,
  );

  testLocally(
    "by a signed-in user",
    "finds its reads in the audit trail once they are delivered",
    async () => {
      expect(await invoke("records-operations", { command: "deliver-audit" })).toMatchObject({ malformed: 0 });
      const { body } = await call("GET", `/v1/patients/${patientId}/accesses`);
      const accesses = body.items as { action: string }[];
      expect(accesses.map(({ action }) => action).sort()).toEqual(["createPatient", "getPatient", "getPatient"]);
      expect(await invoke("records-operations", { command: "verify-audit" })).toMatchObject({ intact: true });
    },
    (wakeLimit + 2 * operationLimit) * 1000,
  );

  testLocally(
    "by a signed-in user",
    "is out when an operator ends its sessions",
    async () => {
      await invoke("records-operations", { command: "end-sessions", userId: user.id, operator: "integration-test" });
      expect(await call("GET", "/v1/patients")).toMatchObject({ status: 401 });
    },
    (wakeLimit + 30) * 1000,
  );
});
