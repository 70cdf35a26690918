import { createHash } from "node:crypto";
import { Validator } from "@cfworker/json-schema";
import type { OpenAPIV3 } from "openapi-types";
import { contract, routes, scopes } from "../../service/contract";
import { apiPage } from "../../tools/api-page";
import { exampleOf } from "../../tools/api-page/examples";

const models: Record<string, OpenAPIV3.SchemaObject> = contract.components.schemas;
const page = apiPage(contract);

/** The piece of a page that has an id, without its markup. */
function textOf(tag: "article", id: string, of = page): string {
  const piece = new RegExp(`<${tag} id="${id}".*?</${tag}>`, "s").exec(of)?.[0];
  if (piece === undefined) throw new Error(`there is no ${tag} ${id}`);
  return plain(piece);
}

const plain = (markup: string) =>
  markup
    .replace(/<[^>]*>/g, " ")
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replace(/\s+/g, " ");

const words = (text: string) => text.replace(/`/g, " ").replace(/\s+/g, " ").trim();

/** Markup in a text leaves spaces behind. */
const expectText = (text: string, expected: string) => {
  const packed = (value: string) => value.replace(/\s/g, "");
  expect(packed(text)).toContain(packed(words(expected)));
};

describe("the API page", () => {
  it.each(routes.map((route) => [route.operationId, route] as const))("describes %s", (id, route) => {
    const text = textOf("article", `operation-${id}`);
    const { description, parameters = [], requestBody, responses, summary = "" } = route.declared;
    expectText(text, `${summary} ${route.method.toUpperCase()} ${route.path} ${description ?? ""}`);
    expectText(text, route.scope === null ? "Needs no access token." : `Needs the scope ${route.scope}.`);
    for (const parameter of parameters as OpenAPIV3.ParameterObject[]) {
      const { name, in: place, required, schema, description: meaning = "" } = parameter;
      const { type, format } = schema as OpenAPIV3.SchemaObject;
      const kind = format === undefined ? type : `${type} (${format})`;
      expectText(text, `${name} ${required ? "required" : "optional"} ${place} ${kind} ${meaning}`);
    }
    for (const [status, response] of Object.entries(responses as Record<string, OpenAPIV3.ResponseObject>)) {
      const refs = Object.values(response.content ?? {}).map(
        ({ schema }) => (schema as OpenAPIV3.ReferenceObject).$ref,
      );
      const model = refs.map((ref) => ref.split("/").at(-1)).join();
      expectText(text, `${status} ${response.description} ${model} ${Object.keys(response.headers ?? {}).join(" ")}`);
    }
    if (requestBody) {
      const media = (requestBody as OpenAPIV3.RequestBodyObject).content["application/json"];
      expectText(text, JSON.stringify(exampleOf(media?.schema ?? {}, models)));
    }
  });

  it.each(Object.entries(models))("describes the model %s", (name, { properties = {}, required = [] }) => {
    const text = textOf("article", `model-${name}`);
    for (const [property, schema] of Object.entries(properties as Record<string, OpenAPIV3.SchemaObject>)) {
      expectText(text, `${property} ${required.includes(property) ? "required" : "optional"}`);
      for (const told of [schema.description, schema.pattern, schema.format, ...((schema.enum ?? []) as string[])])
        if (told) expectText(text, told);
    }
    expectText(text, JSON.stringify(exampleOf(models[name] ?? {}, models, "", name)));
  });

  it("tells limits in words", () => {
    const text = textOf("article", "model-RecordDetails");
    expectText(text, "no other properties");
    expectText(text, "title required string 1 to 200 characters matches \\S");
    expectText(text, "kind required string one of allergy, consultation, diagnosis");
    expectText(
      textOf("article", "operation-listPatients"),
      "limit optional query integer Items on a page, at most: where they are long, it holds fewer. 1 to 100 default 25",
    );
    expectText(textOf("article", "model-Health"), "checks.database.reason optional string Only when unavailable.");
    expectText(textOf("article", "model-Problem"), "errors[].pointer optional string JSON Pointer");
    expectText(textOf("article", "model-PatientPage"), "items required array of Patient");
  });

  it("has a form for every operation, with a field for every parameter and body", () => {
    const forms = [
      ...page.matchAll(/<form\s+data-method="(\w+)"\s+data-path="([^"]+)"\s+data-secured="(\w+)".*?<\/form>/gs),
    ];
    expect(forms.map(([, method, path, secured]) => `${method} ${path} ${secured}`)).toEqual(
      routes.map(({ method, path, scope }) => `${method.toUpperCase()} ${path} ${scope !== null}`),
    );
    for (const [index, { declared }] of routes.entries()) {
      const fields = [...(forms[index]?.[0] ?? "").matchAll(/name="([^"]+)"\s+data-in="(\w+)"/g)];
      const declaredFields = ((declared.parameters ?? []) as OpenAPIV3.ParameterObject[]).map((p) => [p.name, p.in]);
      expect(fields.map(([, name, place]) => [name, place])).toEqual([
        ...declaredFields,
        ...(declared.requestBody ? [["body", "body"]] : []),
      ]);
    }
    const offered = [...page.matchAll(/name="scopes" value="([^"]+)"/g)].map(([, scope]) => scope);
    expect(offered).toEqual(Object.keys(scopes));
  });

  it.each(Object.keys(models))("shows an example of %s that the contract allows", (name) => {
    const schema = { ...models[name], components: { schemas: models } };
    const { errors } = new Validator(schema, "4", false).validate(exampleOf(models[name] ?? {}, models, "", name));
    expect(errors).toEqual([]);
  });

  it("loads nothing, and lets only its own style and script act", () => {
    expect(page).not.toMatch(/\ssrc=|@import|url\(|\sstyle=|\son\w+=/);
    expect([...page.matchAll(/href="([^"#][^"]*)"/g)].map(([, target]) => target)).toEqual(["data:,"]);
    const hash = (tag: string) => {
      const content = new RegExp(`<${tag}>(.*?)</${tag}>`, "s").exec(page)?.[1] ?? "";
      return `'sha256-${createHash("sha256").update(content).digest("base64")}'`;
    };
    const policy = plain(/http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(page)?.[1] ?? "");
    expect(policy.split("; ")).toEqual([
      "default-src 'none'",
      `style-src ${hash("style")}`,
      `script-src ${hash("script")}`,
      "connect-src 'self'",
      "img-src data:",
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
    ]);
  });

  it("leads somewhere with every link and label", () => {
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const targets = [...page.matchAll(/(?:href="#|\sfor="|aria-labelledby=")([^"]+)"/g)].map(([, target]) => target);
    expect(targets.length).toBeGreaterThan(100);
    expect(targets.filter((target) => !ids.includes(target))).toEqual([]);
  });

  it("shows markup in a document as text", () => {
    const nasty = `<img src=x onerror="alert('1')">&amp;`;
    const document: OpenAPIV3.Document = {
      openapi: "3.0.1",
      info: { title: nasty, version: nasty, description: nasty },
      paths: {
        [`/${nasty}`]: {
          put: {
            operationId: "change",
            summary: nasty,
            description: nasty,
            security: [{ token: [nasty] }],
            parameters: [{ name: nasty, in: "query", description: nasty, schema: { type: "string", pattern: nasty } }],
            requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/Thing" } } } },
            responses: { 200: { description: nasty, headers: { [nasty]: {} } } },
          },
        },
      },
      components: {
        schemas: {
          Thing: { type: "object", properties: { [nasty]: { type: "string", description: nasty, enum: [nasty] } } },
        },
        securitySchemes: {
          token: {
            type: "oauth2",
            flows: { authorizationCode: { authorizationUrl: "", tokenUrl: "", scopes: { [nasty]: nasty } } },
          },
        },
      },
    };
    const written = apiPage(document);
    expect(written).not.toContain("<img");
    expect(written).not.toContain("&amp;");
    expect(textOf("article", "operation-change", written).split(nasty).length - 1).toBeGreaterThan(8);
    expect(textOf("article", "model-Thing", written).split(nasty).length - 1).toBeGreaterThan(2);
  });
});
