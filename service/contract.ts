import type { OpenAPIV3 } from "openapi-types";
import { answer, failures } from "./contract-responses";
import {
  cursorSchema,
  dateSchema,
  identifierSchema,
  type ModelName,
  nameSchema,
  schemas,
  versionSchema,
} from "./contract-schemas";

/** What a token may be allowed to do, in the form `<resource server>/<scope>`. */
export const scopes = {
  "records/read": "Read patients and their records, open and end sessions",
  "records/write": "Create and change patients and their records",
  "audit/read": "Read who accessed a patient's data",
} as const;

export type Scope = keyof typeof scopes;

/** Largest request body in bytes: the longest record text, every character escaped, and room for the rest. */
export const maximumBodyBytes = 262_144;

/** Items a page holds when the caller does not say, and at most. */
export const pageSize = { default: 25, maximum: 100 } as const;

type Details = Omit<OpenAPIV3.OperationObject, "operationId" | "security">;

/** One operation; `scope` null makes it public. Its id stays a literal type, so that handlers can be matched to it. */
const operation = <Id extends string>(operationId: Id, scope: Scope | null, details: Details) => ({
  operationId,
  security: scope === null ? [] : [{ accessToken: [scope] as string[] }],
  ...details,
});

const pathIdentifier = (name: string): OpenAPIV3.ParameterObject => ({
  name,
  in: "path",
  required: true,
  schema: identifierSchema,
});

const patientId = pathIdentifier("patientId");
const recordId = pathIdentifier("recordId");

const idempotencyKey: OpenAPIV3.ParameterObject = {
  name: "Idempotency-Key",
  in: "header",
  required: true,
  description:
    "A fresh UUID for each thing to create. The same key with the same content answers as the first time did and " +
    "creates nothing; with other content it is refused (422). Kept for 24 hours.",
  schema: identifierSchema,
};

const ifMatch: OpenAPIV3.ParameterObject = {
  name: "If-Match",
  in: "header",
  required: true,
  description: "ETag of the version that the change is based on. If it is no longer the latest, nothing changes (412).",
  schema: { type: "string", pattern: '^"[1-9][0-9]{0,9}"$' },
};

const pageParameters: OpenAPIV3.ParameterObject[] = [
  {
    name: "limit",
    in: "query",
    description: "Items on a page, at most: where they are long, it holds fewer.",
    schema: { type: "integer", minimum: 1, maximum: pageSize.maximum, default: pageSize.default },
  },
  {
    name: "cursor",
    in: "query",
    description: "`nextCursor` of the page before, with otherwise the same parameters.",
    schema: cursorSchema,
  },
];

const body = (model: ModelName): OpenAPIV3.RequestBodyObject => ({
  required: true,
  content: { "application/json": { schema: { $ref: `#/components/schemas/${model}` } } },
});

const paths = {
  "/health": {
    get: operation("getHealth", null, {
      summary: "Tell whether the service can work",
      description: "Checks the database and the cache. The answer may be a few seconds old.",
      responses: {
        "200": answer("Everything works.", "Health"),
        "503": answer("Something the service needs is unavailable; `checks` says what.", "Health"),
      },
    }),
  },
  "/v1/session": {
    post: operation("openSession", "records/read", {
      summary: "Open the session of the sign-in",
      description:
        "Every other operation under `/v1` needs the live session of the sign-in that the access token comes from, by a " +
        "refreshed token too. It ends when idle for too long, some hours after the sign-in, or when it is ended. Opening " +
        "it again while it lives answers with the same session; once ended, or not opened soon after the sign-in, it " +
        "takes another sign-in (401).",
      responses: { "201": answer("The live session.", "Session"), ...failures(400, 401, 403, 429, 503) },
    }),
    get: operation("getSession", "records/read", {
      summary: "Show the session of the sign-in",
      responses: { "200": answer("The live session.", "Session"), ...failures(400, 401, 403, 429, 503) },
    }),
    delete: operation("endSession", "records/read", {
      summary: "End the session of the sign-in at once",
      responses: {
        "204": { description: "The session has ended, by this request or before." },
        ...failures(400, 401, 403, 429, 503),
      },
    }),
  },
  "/v1/patients": {
    get: operation("listPatients", "records/read", {
      summary: "List or search patients",
      description: "In a stable order, a page at a time. Without search parameters, all of them.",
      parameters: [
        {
          name: "familyName",
          in: "query",
          description: "Only patients whose family name begins so, upper and lower case alike.",
          schema: nameSchema,
        },
        { name: "birthDate", in: "query", description: "Only patients born on this day.", schema: dateSchema },
        ...pageParameters,
      ],
      responses: { "200": answer("A page of patients.", "PatientPage"), ...failures(400, 401, 403, 429, 503) },
    }),
    post: operation("createPatient", "records/write", {
      summary: "Register a patient",
      description: "Refused (409) where another patient has the same medical record number.",
      parameters: [idempotencyKey],
      requestBody: body("PatientDetails"),
      responses: {
        "201": answer("The patient, registered.", "Patient", "ETag", "Location"),
        ...failures(400, 401, 403, 409, 413, 415, 422, 429, 503),
      },
    }),
  },
  "/v1/patients/{patientId}": {
    get: operation("getPatient", "records/read", {
      summary: "Read a patient",
      parameters: [patientId],
      responses: { "200": answer("The patient.", "Patient", "ETag"), ...failures(400, 401, 403, 404, 429, 503) },
    }),
    put: operation("updatePatient", "records/write", {
      summary: "Replace a patient's details",
      description: "Optional details that are left out are removed.",
      parameters: [patientId, ifMatch],
      requestBody: body("PatientDetails"),
      responses: {
        "200": answer("The patient, changed.", "Patient", "ETag"),
        ...failures(400, 401, 403, 404, 409, 412, 413, 415, 422, 429, 503),
      },
    }),
  },
  "/v1/patients/{patientId}/records": {
    get: operation("listRecords", "records/read", {
      summary: "List a patient's records",
      description: "The latest version of each, the most recent event first.",
      parameters: [patientId, ...pageParameters],
      responses: {
        "200": answer("A page of records.", "MedicalRecordPage"),
        ...failures(400, 401, 403, 404, 429, 503),
      },
    }),
    post: operation("createRecord", "records/write", {
      summary: "Add a record to a patient",
      parameters: [patientId, idempotencyKey],
      requestBody: body("RecordDetails"),
      responses: {
        "201": answer("The record, added.", "MedicalRecord", "ETag", "Location"),
        ...failures(400, 401, 403, 404, 409, 413, 415, 422, 429, 503),
      },
    }),
  },
  "/v1/patients/{patientId}/records/{recordId}": {
    get: operation("getRecord", "records/read", {
      summary: "Read a record",
      parameters: [
        patientId,
        recordId,
        {
          name: "version",
          in: "query",
          description: "An earlier version. Default: the latest.",
          schema: versionSchema,
        },
      ],
      responses: { "200": answer("The record.", "MedicalRecord", "ETag"), ...failures(400, 401, 403, 404, 429, 503) },
    }),
    put: operation("amendRecord", "records/write", {
      summary: "Amend a record",
      description: "Adds a version. Earlier ones stay as they are and can still be read.",
      parameters: [patientId, recordId, ifMatch],
      requestBody: body("RecordAmendment"),
      responses: {
        "200": answer("The new version.", "MedicalRecord", "ETag"),
        ...failures(400, 401, 403, 404, 412, 413, 415, 422, 429, 503),
      },
    }),
  },
  "/v1/patients/{patientId}/accesses": {
    get: operation("listAccesses", "audit/read", {
      summary: "List who accessed a patient's data",
      description:
        "Allowed and refused accesses, as the right of access report needs them, in the order in which they reached the " +
        "audit trail, the latest first.",
      parameters: [patientId, ...pageParameters],
      responses: { "200": answer("A page of accesses.", "AccessPage"), ...failures(400, 401, 403, 404, 429, 503) },
    }),
  },
} satisfies OpenAPIV3.PathsObject;

/**
 * The records API: what the service implements, the gateway imports and the documentation shows. Components are
 * referenced for models only, and security is stated by each operation, as not every gateway reads the rest.
 */
export const contract = {
  openapi: "3.0.1",
  info: {
    title: "Records API",
    version: "1.0.0",
    description:
      "Patients, their medical records, and who accessed them. Send an access token as `Authorization: Bearer` with " +
      "every request but `GET /health`, and open a session first. Errors are problem documents (RFC 9457). " +
      `Request bodies hold at most ${maximumBodyBytes / 1024} KiB.`,
  },
  paths,
  components: {
    schemas,
    securitySchemes: {
      accessToken: {
        type: "oauth2",
        description: "Access token of the environment's user pool; the addresses are those of its domain.",
        flows: {
          authorizationCode: {
            authorizationUrl: "/oauth2/authorize",
            tokenUrl: "/oauth2/token",
            scopes: { ...scopes },
          },
        },
      },
    },
  },
} satisfies OpenAPIV3.Document;

export type Method = "get" | "post" | "put" | "delete";

type OperationIdsOf<Item> = { [M in keyof Item]: Item[M] extends { operationId: infer Id } ? Id : never }[keyof Item];

export type OperationId = { [P in keyof typeof paths]: OperationIdsOf<(typeof paths)[P]> }[keyof typeof paths];

export interface Route {
  operationId: OperationId;
  method: Method;
  /** Path template, parameters in braces. */
  path: string;
  /** The one scope a token needs, or null where no token is needed. */
  scope: Scope | null;
  /** What the contract says of it. */
  declared: OpenAPIV3.OperationObject;
}

type Operation = ReturnType<typeof operation<OperationId>>;

/** Every operation of the contract, in its order. */
export const routes: readonly Route[] = Object.entries<Partial<Record<Method, Operation>>>(paths).flatMap(
  ([path, item]) =>
    (Object.entries(item) as [Method, Operation][]).map(([method, declared]) => ({
      operationId: declared.operationId,
      method,
      path,
      scope: (declared.security[0]?.accessToken[0] ?? null) as Scope | null,
      declared,
    })),
);
