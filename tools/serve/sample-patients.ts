import { randomUUID } from "node:crypto";
import type { PatientDetails } from "../../service/records/store/patients";
import type { RecordDetails } from "../../service/records/store/medical-records";
import type { TokenIssuer } from "../token-issuer";

/** Names that nobody could take for a person's. */
const givenNames = ["Alpha", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "India", "Juliett"];

const sexes = ["female", "male", "other", "unknown"] as const;

const kinds = ["allergy", "consultation", "diagnosis", "immunization", "observation", "prescription"] as const;

const patientOf = (givenName: string, index: number): PatientDetails => ({
  medicalRecordNumber: `SYNTHETIC-${String(index + 1).padStart(4, "0")}`,
  familyName: "Synthetic",
  givenName,
  birthDate: `${1940 + index * 7}-0${(index % 9) + 1}-15`,
  sex: sexes[index % sexes.length] ?? "unknown",
  email: `${givenName.toLowerCase()}@example.org`,
});

const recordOf = (kind: RecordDetails["kind"], index: number): RecordDetails => ({
  kind,
  title: `Synthetic ${kind}`,
  text: `A made-up ${kind}, for trying out the API. It is about nobody.`,
  occurredAt: `2026-0${(index % 9) + 1}-10T09:30:00.000Z`,
});

/** Registers made-up patients with a record or two each, by the API itself, and returns how many. */
export async function registerSamplePatients(
  issuer: TokenIssuer,
  api: (request: Request) => Promise<Response>,
): Promise<number> {
  const token = issuer.issue("sample-patients", ["records/read", "records/write"]);
  const post = async (path: string, body: object): Promise<string> => {
    const headers = {
      Authorization: `Bearer ${token}`,
      "Content-Type": "application/json",
      "Idempotency-Key": randomUUID(),
    };
    const response = await api(
      new Request(`http://localhost${path}`, { method: "POST", headers, body: JSON.stringify(body) }),
    );
    if (response.status !== 201) throw new Error(`POST ${path}: status ${response.status}: ${await response.text()}`);
    return response.headers.get("Location") ?? "";
  };

  await post("/v1/session", {});
  for (const [index, givenName] of givenNames.entries()) {
    const path = await post("/v1/patients", patientOf(givenName, index));
    for (const kind of kinds.slice(index % 4, (index % 4) + 2)) await post(`${path}/records`, recordOf(kind, index));
  }
  return givenNames.length;
}
