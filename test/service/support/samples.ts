import { randomUUID } from "node:crypto";
import type { PatientDetails } from "../../../service/records/store/patients";
import type { RecordDetails } from "../../../service/records/store/medical-records";
import type { Container, Received } from "./records-api";

let numbers = 0;

/** Words that stand in no log line, metric or error but by mistake. */
export const marked = ["Synthetikson", "Probandina", "+353871234567", "proband@example.org", "Befundtext"] as const;

export const patientDetails = (changes: Partial<PatientDetails> = {}): PatientDetails => ({
  medicalRecordNumber: `N-${process.pid}-${++numbers}`,
  familyName: "Synthetikson",
  givenName: "Probandina",
  birthDate: "1980-02-29",
  sex: "female",
  phone: "+353871234567",
  email: "proband@example.org",
  ...changes,
});

export const recordDetails = (changes: Partial<RecordDetails> = {}): RecordDetails => ({
  kind: "diagnosis",
  title: "Befundtext title",
  text: "Befundtext",
  occurredAt: "2026-01-02T03:04:05.678Z",
  ...changes,
});

export const newKey = () => ({ "Idempotency-Key": randomUUID() });

export const ifMatch = (version: number) => ({ "If-Match": `"${version}"` });

/** A patient that was registered through the API. */
export async function registerPatient(
  container: Container,
  token: string,
  changes?: Partial<PatientDetails>,
): Promise<Received & { id: string; path: string }> {
  const body = patientDetails(changes);
  const received = await container.request("POST", "/v1/patients", { token, headers: newKey(), body });
  expect(received.status).toBe(201);
  const id = String(received.body.id);
  return { ...received, id, path: `/v1/patients/${id}` };
}

/** A record that was added through the API. */
export async function addRecord(
  container: Container,
  token: string,
  patientPath: string,
  changes?: Partial<RecordDetails>,
): Promise<Received & { id: string; path: string }> {
  const body = recordDetails(changes);
  const received = await container.request("POST", `${patientPath}/records`, { token, headers: newKey(), body });
  expect(received.status).toBe(201);
  const id = String(received.body.id);
  return { ...received, id, path: `${patientPath}/records/${id}` };
}
