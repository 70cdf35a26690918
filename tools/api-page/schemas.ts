import type { OpenAPIV3 } from "openapi-types";
import { type Html, html } from "../page/html";

type Schema = OpenAPIV3.SchemaObject | OpenAPIV3.ReferenceObject;

export const modelAnchor = (name: string) => `model-${name}`;

export const modelLink = (name: string): Html => html`<a href="#${modelAnchor(name)}">${name}</a>`;

/** Name of the model that a schema refers to. */
export const modelName = (schema: Schema | undefined): string | undefined =>
  schema && "$ref" in schema ? schema.$ref.split("/").at(-1) : undefined;

/** What a value may be, in words: `string (uuid)`, `array of Patient`. */
export function typeOf(schema: Schema): Html {
  const model = modelName(schema);
  if (model !== undefined) return modelLink(model);
  const { type = "any", format } = schema as OpenAPIV3.SchemaObject;
  if (type === "array") return html`array of ${typeOf((schema as OpenAPIV3.ArraySchemaObject).items)}`;
  return html`${type}${format === undefined ? undefined : ` (${format})`}`;
}

/** What limits a value beyond its type. */
export function constraintsOf(schema: Schema): Html[] {
  if ("$ref" in schema) return [];
  const { enum: values, minimum, maximum, minLength, maxLength, pattern } = schema;
  const fallback = schema.default as unknown;
  return [
    ...(values ? [html`one of ${joined(values.map((value) => html`<code>${String(value)}</code>`))}`] : []),
    ...range(minimum, maximum, ""),
    ...range(minLength, maxLength, " characters"),
    ...(pattern === undefined ? [] : [html`matches <code>${pattern}</code>`]),
    ...(fallback === undefined ? [] : [html`default <code>${JSON.stringify(fallback)}</code>`]),
    ...(schema.additionalProperties === false ? [html`no other properties`] : []),
  ];
}

function range(least: number | undefined, most: number | undefined, unit: string): Html[] {
  if (least !== undefined && most !== undefined) return [html`${least} to ${most}${unit}`];
  if (least !== undefined) return [html`at least ${least}${unit}`];
  return most === undefined ? [] : [html`at most ${most}${unit}`];
}

const joined = (parts: Html[]): Html[] => parts.flatMap((part, index) => (index === 0 ? [part] : [html`, `, part]));

export interface Property {
  /** Path within the model: `checks.database`, `errors[].detail`. */
  path: string;
  required: boolean;
  schema: Schema;
}

/** The properties of an object, those of objects within it after it. */
export function propertiesOf({ properties = {}, required = [] }: OpenAPIV3.SchemaObject, prefix = ""): Property[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const path = `${prefix}${name}`;
    return [{ path, required: required.includes(name), schema }, ...nestedProperties(schema, path)];
  });
}

function nestedProperties(schema: Schema, path: string): Property[] {
  if ("$ref" in schema) return [];
  if (schema.type === "array") return nestedProperties(schema.items, `${path}[]`);
  return propertiesOf(schema, `${path}.`);
}
