import { randomUUID } from "node:crypto";
import { serviceLogGroups } from "../../lib/naming";
import { firstHealthy, healthLimit } from "./health";
import { invoke, wakeLimit } from "./invocations";
import { testLocally } from "./local-limits";
import { logMessages } from "./lookups";
import { type SignedInUser, signIn } from "./signed-in-user";
import { apiUrl, environmentSuffix, eventually, nameOf, outputs, present } from "./stack";

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
  return {
    status: response.status,
    /** The gateway's id of the request. */
    gatewayId: present(response.headers.get("x-amzn-requestid") ?? undefined, "id of the request"),
    body: (text === "" ? {} : JSON.parse(text)) as Record<string, unknown>,
  };
}

const messagesIn = (logGroupName: string) => logMessages({ logGroupName, startTime });

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
      expect(user.accessToken).toMatch(/^ey/);
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
    const read = expect.objectContaining({ status: 200, body: registered.body }) as unknown;
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
    "is refused with a mistake in the body, which no log that tells of it quotes",
    async () => {
      const register = (body: object) =>
        call("POST", "/v1/patients", { "Content-Type": "application/json", "Idempotency-Key": randomUUID() }, body);
      const mistake = `no number ${randomUUID()}`;
      // In AWS the gateway refuses this one by its model.
      const misshapen = await register({ ...details, phone: mistake });
      expect(misshapen).toMatchObject({ status: 400 });
      const impossible = await register({ ...details, familyName: mistake, birthDate: "2199-12-31" });
      expect(impossible).toMatchObject({ status: 422 });
      const serviceLog = serviceLogGroups.lambda(nameOf("records-service"));
      const told = [
        { logGroup: nameOf("api-access"), requestId: misshapen.gatewayId },
        { logGroup: nameOf("api-access"), requestId: impossible.gatewayId },
        { logGroup: outputs.auditLogGroupName, requestId: String(impossible.body.requestId) },
        { logGroup: serviceLog, requestId: String(impossible.body.requestId) },
      ];
      await Promise.all(
        told.map(({ logGroup, requestId }) =>
          eventually(`${logGroup} tells of the request ${requestId}`, 180, async () =>
            (await messagesIn(logGroup)).find((message) => message.includes(requestId)),
          ),
        ),
      );
      // The gateway logs errors of its own there, perhaps not these: that cannot be waited for.
      const executionLog = serviceLogGroups.apiExecution(outputs.apiId, environmentSuffix);
      const logGroups = [nameOf("api-access"), outputs.auditLogGroupName, serviceLog, executionLog];
      const messages = (await Promise.all(logGroups.map(messagesIn))).flat();
      expect(messages.filter((message) => message.includes(mistake))).toEqual([]);
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
