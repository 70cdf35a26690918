import { Validator } from "@cfworker/json-schema";
import type { OpenAPIV3 } from "openapi-types";
import { contract, routes } from "../../../service/contract";

/** Checks answers against the OpenAPI document: the status is one that the operation declares, and so are headers and body. */
export function expectToConform(method: string, path: string, status: number, headers: Headers, text: string): void {
  const route = routes.find((each) => each.method === method.toLowerCase() && template(each.path).test(path));
  if (!route) {
    const methods = routes.filter((each) => template(each.path).test(path)).map((each) => each.method.toUpperCase());
    const expected = methods.length === 0 ? [404, null] : [405, methods.join(", ")];
    expect([status, headers.get("allow")]).toEqual(expected);
    return;
  }
  const declared = route.declared.responses[String(status)] as OpenAPIV3.ResponseObject | undefined;
  if (!declared) throw new Error(`${route.operationId} does not declare status ${status}`);
  for (const name of Object.keys(declared.headers ?? {}))
    if (headers.get(name) === null) throw new Error(`${route.operationId} answers ${status} without ${name}`);
  const [mediaType, content] = Object.entries(declared.content ?? {})[0] ?? [];
  expect(headers.get("content-type")).toBe(mediaType ?? null);
  if (content?.schema) {
    const { valid, errors } = new Validator(
      { ...content.schema, components: contract.components },
      "7",
      false,
    ).validate(JSON.parse(text));
    expect({ errors, valid }).toEqual({ errors: [], valid: true });
  } else expect(text).toBe("");
}

const template = (path: string) => new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`);
