import type { OpenAPIV3 } from "openapi-types";
import { modelName } from "./schemas";

type Schema = OpenAPIV3.SchemaObject | OpenAPIV3.ReferenceObject;

/** Of nobody. By name of the property or parameter, or of the model and the property, where a schema alone tells little. */
const examples: Record<string, unknown> = {
  medicalRecordNumber: "MRN-000123",
  familyName: "Sample",
  givenName: "Ada",
  birthDate: "1984-05-17",
  phone: "+353861234567",
  email: "ada.sample@example.org",
  kind: "observation",
  title: "Blood pressure",
  text: "118/76 mmHg, sitting, left arm.",
  occurredAt: "2026-01-15T09:30:00Z",
  amendmentReason: "It was the right arm.",
  "MedicalRecord.version": 2,
  userId: "6f1c2f0e-3c55-4f0a-9a55-2f6c0a6f9f10",
  recordedBy: "6f1c2f0e-3c55-4f0a-9a55-2f6c0a6f9f10",
  scopes: ["records/read", "records/write"],
  idleExpiresAt: "2026-01-15T09:45:00.000Z",
  expiresAt: "2026-01-15T21:29:00.000Z",
  action: "getPatient",
  sourceAddress: "192.0.2.7",
  nextCursor: "eyJhZnRlciI6MjV9",
  "If-Match": '"1"',
  // Only where something is unavailable.
  reason: undefined,
  "Problem.type": "about:blank",
  "Problem.title": "Bad Request",
  "Problem.detail": "The request is not what the API takes.",
  detail: "It does not match the pattern.",
  pointer: "/birthDate",
  // Either this or a pointer.
  parameter: undefined,
};

const byFormat: Record<string, string> = {
  uuid: "0b9f2f5e-5d6b-4a0e-9d6a-0f6a2c1d3e4f",
  date: "2026-01-15",
  "date-time": "2026-01-15T09:30:00.000Z",
};

/**
 * A value that a schema allows.
 * @param name of the property or parameter
 * @param owner the model it belongs to
 */
export function exampleOf(schema: Schema, models: Record<string, Schema>, name = "", owner = ""): unknown {
  const model = modelName(schema);
  if (model !== undefined) {
    const referred = models[model];
    if (!referred) throw new Error(`there is no model ${model}`);
    return exampleOf(referred, models, "", model);
  }
  for (const key of [`${owner}.${name}`, name]) if (key in examples) return examples[key];

  const { type, enum: values, format = "", minimum, properties } = schema as OpenAPIV3.SchemaObject;
  if (values) return values[0] as unknown;
  if (type === "array") return [exampleOf((schema as OpenAPIV3.ArraySchemaObject).items, models)];
  if (type === "object")
    return Object.fromEntries(
      Object.entries(properties ?? {})
        .map(([key, property]) => [key, exampleOf(property, models, key, owner)])
        .filter(([, value]) => value !== undefined),
    );
  if (type === "integer") return minimum ?? 1;
  return byFormat[format] ?? "text";
}

export const toJson = (value: unknown) => JSON.stringify(value, undefined, 2);
