import SwaggerParser from "@apidevtools/swagger-parser";
import type { OpenAPIV3 } from "openapi-types";
import { contract, routes, scopes } from "../../service/contract";

const document: OpenAPIV3.Document = contract;
const operations = Object.entries(document.paths).flatMap(([path, item = {}]) =>
  Object.entries(item as Record<string, OpenAPIV3.OperationObject>).map(([method, operation]) => ({
    path,
    method,
    operation,
    parameters: (operation.parameters ?? []) as OpenAPIV3.ParameterObject[],
  })),
);

/** Every schema in the document, nested ones too, with where it stands. */
function schemasWithin(value: unknown, at = "#"): { at: string; schema: OpenAPIV3.SchemaObject }[] {
  if (typeof value !== "object" || value === null) return [];
  const nested = Object.entries(value).flatMap(([key, child]) => schemasWithin(child, `${at}/${key}`));
  const isSchema = "type" in value && typeof value.type === "string" && !at.includes("securitySchemes");
  return isSchema ? [{ at, schema: value as OpenAPIV3.SchemaObject }, ...nested] : nested;
}

const model = (name: string) => (contract.components.schemas as Record<string, OpenAPIV3.SchemaObject>)[name];

const modelOf = (media: OpenAPIV3.MediaTypeObject | undefined) => {
  const schema = media?.schema;
  if (!schema || !("$ref" in schema)) throw new Error("expected a reference to a model");
  return schema.$ref.replace("#/components/schemas/", "");
};

describe("the contract", () => {
  it("is a valid OpenAPI 3.0.1 document", async () => {
    await expect(SwaggerParser.validate(structuredClone(document))).resolves.toMatchObject({ openapi: "3.0.1" });
  });

  it("has these operations, each with one scope but health", () => {
    expect(routes.map(({ operationId, method, path, scope }) => `${operationId}: ${method} ${path} ${scope}`)).toEqual([
      "getHealth: get /health null",
      "openSession: post /v1/session records/read",
      "getSession: get /v1/session records/read",
      "endSession: delete /v1/session records/read",
      "listPatients: get /v1/patients records/read",
      "createPatient: post /v1/patients records/write",
      "getPatient: get /v1/patients/{patientId} records/read",
      "updatePatient: put /v1/patients/{patientId} records/write",
      "listRecords: get /v1/patients/{patientId}/records records/read",
      "createRecord: post /v1/patients/{patientId}/records records/write",
      "getRecord: get /v1/patients/{patientId}/records/{recordId} records/read",
      "amendRecord: put /v1/patients/{patientId}/records/{recordId} records/write",
      "listAccesses: get /v1/patients/{patientId}/accesses audit/read",
    ]);
  });

  it("says the same in the document as in the route table", () => {
    const described = operations.map(({ path, method, operation }) => ({
      operationId: operation.operationId,
      method,
      path,
      security: operation.security,
    }));
    expect(described).toEqual(
      routes.map(({ scope, declared, ...route }) => ({
        ...route,
        security: scope === null ? [] : [{ accessToken: [scope] }],
      })),
    );
  });

  it("names every operation once, and offers the scopes that it asks for", () => {
    expect(new Set(routes.map(({ operationId }) => operationId)).size).toBe(routes.length);
    expect(contract.components.securitySchemes.accessToken.flows.authorizationCode.scopes).toEqual(scopes);
    expect(new Set(routes.flatMap(({ scope }) => scope ?? []))).toEqual(new Set(Object.keys(scopes)));
  });

  it("declares every path parameter, as required", () => {
    for (const { path, parameters } of operations) {
      const declared = parameters.filter((parameter) => parameter.in === "path");
      expect(declared.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{[^}]+\}/g) ?? []);
      expect(declared.every(({ required }) => required)).toBe(true);
    }
  });

  it("asks for an idempotency key where something is created, and for the version where it is changed", () => {
    const requiring = (header: string) =>
      operations
        .filter(({ parameters }) => parameters.some((p) => p.in === "header" && p.name === header && p.required))
        .map(({ operation }) => operation.operationId);
    expect(requiring("Idempotency-Key")).toEqual(["createPatient", "createRecord"]);
    expect(requiring("If-Match")).toEqual(["updatePatient", "amendRecord"]);
    expect(operations.filter(({ method }) => method === "put")).toHaveLength(2);
  });

  it("takes only known properties in the request bodies", () => {
    const bodies = operations.flatMap(({ operation }) => (operation.requestBody ? [operation.requestBody] : []));
    const models = bodies.map((body) => modelOf((body as OpenAPIV3.RequestBodyObject).content["application/json"]));
    expect(models).toEqual(["PatientDetails", "PatientDetails", "RecordDetails", "RecordAmendment"]);
    for (const name of models) expect(model(name)).toMatchObject({ type: "object", additionalProperties: false });
  });

  it("limits every property of the request bodies", () => {
    const limits = (name: string) => {
      const properties = Object.entries(model(name)?.properties ?? {}) as [string, OpenAPIV3.SchemaObject][];
      return Object.fromEntries(properties.map(([property, { description, ...limit }]) => [property, limit]));
    };
    const text = (maxLength: number) => ({ type: "string", minLength: 1, maxLength, pattern: "\\S" });
    const record = {
      kind: {
        type: "string",
        enum: ["allergy", "consultation", "diagnosis", "immunization", "observation", "prescription", "procedure"],
      },
      title: text(200),
      text: text(20_000),
      occurredAt: { type: "string", format: "date-time", pattern: "^(1[89]|2[01])[0-9]{2}-" },
    };
    expect(limits("PatientDetails")).toEqual({
      medicalRecordNumber: { type: "string", pattern: "^[A-Z0-9][A-Z0-9-]{0,31}$" },
      familyName: text(100),
      givenName: text(100),
      birthDate: {
        type: "string",
        format: "date",
        pattern: "^(1[89]|2[01])[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
      },
      sex: { type: "string", enum: ["female", "male", "other", "unknown"] },
      phone: { type: "string", pattern: "^\\+[1-9][0-9]{6,14}$" },
      email: { type: "string", format: "email", maxLength: 254, pattern: "^[^@\\s]+@[^@\\s]+$" },
    });
    expect(limits("RecordDetails")).toEqual(record);
    expect(limits("RecordAmendment")).toEqual({ ...record, amendmentReason: text(500) });
  });

  it("answers every failure with a problem document", () => {
    for (const { operation } of operations.filter(({ path }) => path !== "/health")) {
      const failures = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400);
      expect(failures.map(([status]) => status)).toEqual(expect.arrayContaining(["401", "403", "429", "503"]));
      for (const [, response] of failures)
        expect(modelOf((response as OpenAPIV3.ResponseObject).content?.["application/problem+json"])).toBe("Problem");
    }
  });

  it("refuses a body that is too large, a stale version and a contradiction where they can occur", () => {
    const withStatus = (status: string) =>
      operations.filter(({ operation }) => status in operation.responses).map(({ operation }) => operation.operationId);
    expect(withStatus("409")).toEqual(["createPatient", "updatePatient", "createRecord"]);
    expect(withStatus("412")).toEqual(["updatePatient", "amendRecord"]);
    expect(withStatus("413")).toEqual(["createPatient", "updatePatient", "createRecord", "amendRecord"]);
    expect(withStatus("422")).toEqual(withStatus("413"));
    expect(withStatus("404")).toEqual(
      operations.filter(({ path }) => path.includes("{")).map((o) => o.operation.operationId),
    );
  });

  it("keeps to what API Gateway imports", () => {
    for (const name of Object.keys(contract.components.schemas)) expect(name).toMatch(/^[A-Za-z0-9]+$/);
    const schemas = schemasWithin(document);
    expect(schemas.length).toBeGreaterThan(100);
    const unsupported = [
      "nullable",
      "oneOf",
      "anyOf",
      "allOf",
      "not",
      "discriminator",
      "readOnly",
      "exclusiveMinimum",
      "example",
    ];
    for (const { at, schema } of schemas) expect([at, unsupported.filter((key) => key in schema)]).toEqual([at, []]);
    for (const { at, schema } of schemas)
      if (schema.pattern !== undefined) expect(() => new RegExp(schema.pattern ?? at)).not.toThrow();
    expect(Object.keys(contract.components)).toEqual(["schemas", "securitySchemes"]);
    expect(document.security).toBeUndefined();
  });

  it("accepts what it should in patterns, and nothing else", () => {
    const accepts = (name: string, property: string, value: string) => {
      const schema = model(name)?.properties?.[property] as OpenAPIV3.SchemaObject;
      return new RegExp(schema.pattern ?? "").test(value);
    };
    expect(accepts("PatientDetails", "birthDate", "1980-02-29")).toBe(true);
    expect(accepts("PatientDetails", "birthDate", "1980-13-01")).toBe(false);
    expect(accepts("PatientDetails", "birthDate", "1980-1-1")).toBe(false);
    expect(accepts("PatientDetails", "phone", "+353861234567")).toBe(true);
    expect(accepts("PatientDetails", "phone", "0861234567")).toBe(false);
    expect(accepts("PatientDetails", "familyName", "Ó Súilleabháin")).toBe(true);
    expect(accepts("PatientDetails", "familyName", "  ")).toBe(false);
    expect(accepts("PatientDetails", "medicalRecordNumber", "MRN-000123")).toBe(true);
    expect(accepts("PatientDetails", "medicalRecordNumber", "mrn 1")).toBe(false);
    expect(accepts("Patient", "id", "0b9f2f5e-5d6b-4a0e-9d6a-0f6a2c1d3e4f")).toBe(true);
    expect(accepts("Patient", "id", "0b9f2f5e5d6b4a0e9d6a0f6a2c1d3e4f")).toBe(false);
  });
});
