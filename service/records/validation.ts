import { Validator } from "@cfworker/json-schema";
import type { OpenAPIV3 } from "openapi-types";
import { maximumBodyBytes } from "../contract";
import { type ModelName, nameSchema, schemas } from "../contract-schemas";
import { isStorable } from "../storable-text";
import { type Fault, malformed, malformedBody, Problem } from "./problems";

/** By name, as the contract's schemas have made sure of them. */
export type Parameters = Readonly<Record<string, string | number>>;

/** Schemas are known when the function starts; each is prepared when it is first needed. */
const validators = new Map<OpenAPIV3.SchemaObject, Validator>();

function isValid(schema: OpenAPIV3.SchemaObject, value: unknown): boolean {
  const validator = validators.get(schema) ?? new Validator(schema, "7");
  validators.set(schema, validator);
  return (typeof value !== "string" || isStorable(value)) && validator.validate(value).valid;
}

/** Names in one form, so that they are found however a keyboard composes their letters (Unicode Standard Annex #15). */
const normalized = <T>(schema: OpenAPIV3.SchemaObject, value: T): T | string =>
  schema === nameSchema && typeof value === "string" ? value.normalize("NFC") : value;

/** What a schema takes, in words. */
export function allowed(schema: OpenAPIV3.SchemaObject): string {
  const { type, format, minLength, maxLength, minimum, maximum, pattern } = schema;
  if (schema.enum) return `Allowed: one of ${schema.enum.join(", ")}.`;
  if (type === "integer") return `Allowed: a whole number from ${minimum ?? ""}${maximum ? ` to ${maximum}` : ""}.`;
  const length = maxLength === undefined ? "" : ` of ${minLength ?? 0} to ${maxLength} characters`;
  const form = formats[format ?? ""] ?? (pattern === undefined || pattern === "\\S" ? "text" : `text like ${pattern}`);
  return `Allowed: ${form}${length}${pattern === "\\S" ? ", not all spaces" : ""}.`;
}

const formats: Partial<Record<string, string>> = {
  date: "a date such as 1980-02-29",
  "date-time": "a moment such as 2026-01-31T12:30:00Z",
  email: "an e-mail address",
  uuid: "a UUID in lower case",
};

interface Received {
  path: Record<string, string>;
  query: Record<string, string[]>;
  header: (name: string) => string | undefined;
}

/**
 * The parameters of an operation. Refuses unknown ones in the query, since a mistyped search would list everyone.
 *
 * @throws Problem 400 that names each that is wrong
 */
export function readParameters(declared: OpenAPIV3.ParameterObject[], received: Received): Parameters {
  const names = declared.filter(({ in: place }) => place === "query").map(({ name }) => name);
  const faults: Fault[] = Object.keys(received.query)
    .filter((name) => !names.includes(name))
    .map((name) => ({ parameter: name, detail: `Not known here. Allowed: ${names.join(", ") || "none"}.` }));
  const values: Record<string, string | number> = {};
  for (const parameter of declared) {
    const { name, required } = parameter;
    const schema = parameter.schema as OpenAPIV3.SchemaObject;
    const texts = textsOf(parameter, received);
    const [text] = texts;
    const value = schema.type === "integer" && /^\d{1,10}$/.test(text ?? "") ? Number(text) : normalized(schema, text);
    if (value === undefined) {
      if (required) faults.push({ parameter: name, detail: `Missing. ${allowed(schema)}` });
      else if (schema.default !== undefined) values[name] = schema.default as string | number;
    } else if (texts.length > 1) faults.push({ parameter: name, detail: "Given more than once." });
    else if (!isValid(schema, value)) faults.push({ parameter: name, detail: allowed(schema) });
    else values[name] = value;
  }
  if (faults.length > 0) throw malformed(faults);
  return values;
}

function textsOf({ name, in: place }: OpenAPIV3.ParameterObject, { path, query, header }: Received): string[] {
  if (place === "query") return query[name] ?? [];
  const text = place === "path" ? path[name] : header(name);
  return text === undefined ? [] : [text];
}

/**
 * The body as a model of the contract.
 *
 * @throws Problem 400 that names each field that is wrong, 413, 415
 */
export async function readBody(request: Request, model: ModelName): Promise<Record<string, unknown>> {
  const mediaType = request.headers.get("Content-Type")?.split(";")[0]?.trim().toLowerCase();
  if (mediaType !== "application/json") throw new Problem(415, "The body must be application/json.");
  const body = parse(await readText(request));
  const { properties, required } = schemas[model] as OpenAPIV3.SchemaObject;
  const known = properties as Record<string, OpenAPIV3.SchemaObject>;
  const faults: Fault[] = [];
  for (const name of Object.keys(body))
    if (!Object.hasOwn(known, name))
      faults.push({ pointer: pointer(name), detail: `Not known here. Allowed: ${Object.keys(known).join(", ")}.` });
  for (const [name, schema] of Object.entries(known)) {
    if (Object.hasOwn(body, name)) {
      body[name] = normalized(schema, body[name]);
      if (!isValid(schema, body[name])) faults.push({ pointer: pointer(name), detail: allowed(schema) });
    } else if (required?.includes(name)) faults.push({ pointer: pointer(name), detail: `Missing. ${allowed(schema)}` });
  }
  if (faults.length > 0) throw malformed(faults);
  return body;
}

function parse(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformedBody("Not JSON.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformedBody("Not a JSON object.");
  return value as Record<string, unknown>;
}

async function readText(request: Request): Promise<string> {
  const tooLarge = () => new Problem(413, `The body is larger than ${maximumBodyBytes} bytes.`);
  if (Number(request.headers.get("Content-Length") ?? 0) > maximumBodyBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > maximumBodyBytes) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw malformedBody("Not UTF-8.");
  }
}

/** RFC 6901, section 3. */
const pointer = (name: string) => `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
