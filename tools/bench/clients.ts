import { randomUUID } from "node:crypto";
import type { RecordDetails } from "../../service/records/store/medical-records";
import type { PatientDetails } from "../../service/records/store/patients";
import type { TokenIssuer } from "../token-issuer";
import type { Requests } from "./load";

const clientCount = 50;

/** Patients that everybody reads, with a record each. */
const hotPatients = 50;

const scopes = ["records/read", "records/write"];

const patient: Omit<PatientDetails, "medicalRecordNumber"> = {
  familyName: "Synthetic",
  givenName: "Alpha",
  birthDate: "1980-02-29",
  sex: "unknown",
};

const record: RecordDetails = {
  kind: "consultation",
  title: "Synthetic consultation",
  text: "A made-up consultation. It is about nobody. ".repeat(10),
  occurredAt: "2026-01-10T09:30:00.000Z",
};

const sessionPath = "/v1/session";

/** Users of one records API, each with a session of its own. */
export class Clients {
  private constructor(
    private readonly address: string,
    private readonly tokens: string[],
  ) {}

  static async signIn(issuer: TokenIssuer, port: number): Promise<Clients> {
    const tokens = Array.from({ length: clientCount }, () => issuer.issue(randomUUID(), scopes));
    const clients = new Clients(`http://127.0.0.1:${port}`, tokens);
    for (const token of tokens) await clients.post(sessionPath, token);
    return clients;
  }

  /** Registers patients and records, and returns their paths. */
  async register(): Promise<string[]> {
    const paths: string[] = [];
    const [token = ""] = this.tokens;
    for (let number = 1; number <= hotPatients; number++) {
      const path = await this.post("/v1/patients", token, { ...patient, medicalRecordNumber: shortId() });
      paths.push(path, await this.post(`${path}/records`, token, record));
    }
    return paths;
  }

  /** What each of them requests to read the paths over and over, each beginning elsewhere. */
  reading(paths: string[]): Requests[] {
    return this.tokens.map((token, index) => {
      const start = Math.floor((index * paths.length) / this.tokens.length);
      return [...paths.slice(start), ...paths.slice(0, start)].map((path) => ({ path, headers: bearer(token) }));
    });
  }

  /** What as many others request to open sessions, each of a new sign-in. */
  static openingSessions(issuer: TokenIssuer, sessions: number): Requests[] {
    return Array.from({ length: clientCount }, () =>
      Array.from({ length: Math.ceil(sessions / clientCount) }, () => ({
        method: "POST",
        path: sessionPath,
        headers: bearer(issuer.issue(randomUUID(), scopes)),
      })),
    );
  }

  private async post(path: string, token: string, body?: object): Promise<string> {
    const response = await fetch(this.address + path, {
      method: "POST",
      headers: { ...bearer(token), "Content-Type": "application/json", "Idempotency-Key": randomUUID() },
      body: JSON.stringify(body),
    });
    if (response.status !== 201) throw new Error(`POST ${path}: status ${response.status}: ${await response.text()}`);
    return response.headers.get("Location") ?? "";
  }
}

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

const shortId = () => randomUUID().slice(0, 23).toUpperCase();
