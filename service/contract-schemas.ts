import type { OpenAPIV3 } from "openapi-types";
import { uuidPattern } from "./uuid";

/**
 * Models of the records API, in the part of JSON Schema that OpenAPI 3.0 and draft 4 share, so that any gateway
 * can validate with them. Optional values are left out, never null. Requests refuse unknown properties; responses
 * may gain some.
 */

const uuid = {
  type: "string",
  format: "uuid",
  pattern: uuidPattern,
} as const;

const moment = { type: "string", format: "date-time", description: "RFC 3339, in UTC." } as const;

const version = {
  type: "integer",
  minimum: 1,
  maximum: 2_147_483_647,
  description: "1 when created, one more with each change. Its ETag is the number in quotes.",
} as const;

export const identifierSchema: OpenAPIV3.SchemaObject = uuid;

export const versionSchema: OpenAPIV3.SchemaObject = version;

/** 1800 to 2199: the rest are mistakes. */
const years = "(1[89]|2[01])[0-9]{2}";

export const dateSchema: OpenAPIV3.SchemaObject = {
  type: "string",
  format: "date",
  pattern: `^${years}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$`,
};

export const nameSchema: OpenAPIV3.SchemaObject = { type: "string", minLength: 1, maxLength: 100, pattern: "\\S" };

/** Holds the family name of the last patient, each of whose characters JSON may write as six. */
export const cursorSchema: OpenAPIV3.SchemaObject = {
  type: "string",
  minLength: 1,
  maxLength: 1024,
  pattern: "^[A-Za-z0-9_-]+$",
};

const patientDetails: Record<string, OpenAPIV3.SchemaObject> = {
  medicalRecordNumber: {
    type: "string",
    pattern: "^[A-Z0-9][A-Z0-9-]{0,31}$",
    description: "The hospital's own number of the patient; no two patients share one.",
  },
  familyName: nameSchema,
  givenName: nameSchema,
  birthDate: { ...dateSchema, description: "Not in the future." },
  sex: { type: "string", enum: ["female", "male", "other", "unknown"] },
  phone: { type: "string", pattern: "^\\+[1-9][0-9]{6,14}$", description: "E.164." },
  email: { type: "string", format: "email", maxLength: 254, pattern: "^[^@\\s]+@[^@\\s]+$" },
};

const requiredPatientDetails = ["medicalRecordNumber", "familyName", "givenName", "birthDate", "sex"];

const recordDetails: Record<string, OpenAPIV3.SchemaObject> = {
  kind: {
    type: "string",
    enum: ["allergy", "consultation", "diagnosis", "immunization", "observation", "prescription", "procedure"],
  },
  title: { type: "string", minLength: 1, maxLength: 200, pattern: "\\S" },
  text: { type: "string", minLength: 1, maxLength: 20_000, pattern: "\\S", description: "Plain text." },
  occurredAt: {
    ...moment,
    pattern: `^${years}-`,
    description: "When what is recorded took place; RFC 3339, not in the future.",
  },
};

const requiredRecordDetails = ["kind", "title", "text", "occurredAt"];

const amendmentReason: OpenAPIV3.SchemaObject = {
  type: "string",
  minLength: 1,
  maxLength: 500,
  pattern: "\\S",
  description: "Why the record was amended. Absent from version 1.",
};

const checkResult = (unavailableReasons: string[]): OpenAPIV3.SchemaObject => ({
  type: "object",
  required: ["status"],
  properties: {
    status: { type: "string", enum: ["ok", "unavailable"] },
    reason: { type: "string", enum: unavailableReasons, description: "Only when unavailable." },
  },
});

const page = (model: string): OpenAPIV3.SchemaObject => ({
  type: "object",
  required: ["items"],
  properties: {
    items: { type: "array", items: { $ref: `#/components/schemas/${model}` } },
    nextCursor: { ...cursorSchema, description: "Pass it as `cursor` for the next page. Absent from the last one." },
  },
});

/** Why a dependency counts as unavailable. Everything the public may learn about a failure. */
export const unavailableReasons = ["timeout", "unauthorized", "unreachable", "misconfigured"] as const;

export type UnavailableReason = (typeof unavailableReasons)[number];

export const schemas = {
  Health: {
    type: "object",
    required: ["status", "checks"],
    properties: {
      status: { type: "string", enum: ["ok", "unavailable"] },
      checks: {
        type: "object",
        required: ["database", "cache"],
        properties: { database: checkResult([...unavailableReasons]), cache: checkResult([...unavailableReasons]) },
      },
    },
  },
  Session: {
    type: "object",
    required: ["userId", "scopes", "openedAt", "idleExpiresAt", "expiresAt"],
    properties: {
      userId: { type: "string", description: "Subject of the access token." },
      scopes: { type: "array", items: { type: "string" } },
      openedAt: moment,
      idleExpiresAt: { ...moment, description: "When the session ends unless a request comes first." },
      expiresAt: { ...moment, description: "When the session ends whatever happens." },
    },
  },
  PatientDetails: {
    type: "object",
    additionalProperties: false,
    required: requiredPatientDetails,
    properties: patientDetails,
  },
  Patient: {
    type: "object",
    required: ["id", "version", ...requiredPatientDetails, "createdAt", "updatedAt"],
    properties: { id: uuid, version, ...patientDetails, createdAt: moment, updatedAt: moment },
  },
  PatientPage: page("Patient"),
  RecordDetails: {
    type: "object",
    additionalProperties: false,
    required: requiredRecordDetails,
    properties: recordDetails,
  },
  RecordAmendment: {
    type: "object",
    additionalProperties: false,
    required: [...requiredRecordDetails, "amendmentReason"],
    properties: { ...recordDetails, amendmentReason },
  },
  MedicalRecord: {
    type: "object",
    required: ["id", "patientId", "version", ...requiredRecordDetails, "recordedBy", "recordedAt"],
    properties: {
      id: uuid,
      patientId: uuid,
      version,
      ...recordDetails,
      amendmentReason,
      recordedBy: { type: "string", description: "User who wrote this version." },
      recordedAt: { ...moment, description: "When this version was written." },
    },
  },
  MedicalRecordPage: page("MedicalRecord"),
  Access: {
    type: "object",
    required: ["id", "occurredAt", "userId", "action", "patientId", "outcome", "requestId", "sourceAddress"],
    properties: {
      id: uuid,
      occurredAt: moment,
      userId: { type: "string", description: "Who asked." },
      action: { type: "string", description: "The operation that was asked for, by its `operationId`." },
      patientId: uuid,
      recordId: { ...uuid, description: "Absent where the whole patient was asked for." },
      version: { ...version, description: "Version that was read or written. Absent where none was." },
      outcome: { type: "string", enum: ["allowed", "refused"] },
      requestId: { type: "string" },
      sourceAddress: { type: "string", description: "Network address the request came from." },
    },
  },
  AccessPage: page("Access"),
  Problem: {
    type: "object",
    description: "RFC 9457. Two problems of one `type` have the same remedy.",
    required: ["type", "title", "status", "requestId"],
    properties: {
      type: { type: "string", format: "uri-reference", description: "`about:blank`: the status says it all." },
      title: { type: "string" },
      status: { type: "integer", minimum: 400, maximum: 599 },
      detail: { type: "string", description: "What is wrong with this request. Never holds data of a patient." },
      requestId: { type: "string", description: "Quote it when asking for help." },
      errors: {
        type: "array",
        description: "Every offending field or parameter, where the request itself is wrong.",
        items: {
          type: "object",
          required: ["detail"],
          properties: {
            detail: { type: "string" },
            pointer: { type: "string", description: "JSON Pointer (RFC 6901) into the body." },
            parameter: { type: "string", description: "Name of the header, path or query parameter." },
          },
        },
      },
    },
  },
} satisfies Record<string, OpenAPIV3.SchemaObject>;

export type ModelName = keyof typeof schemas;
