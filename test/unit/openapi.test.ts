import { contract, routes } from "../../service/contract";
import { gatewayDocument } from "../../lib/openapi";

interface Operation {
  operationId: string;
  security: Record<string, string[]>[];
  [extension: string]: unknown;
}

interface GatewayResponse {
  statusCode: number;
  responseParameters: Record<string, string>;
  responseTemplates: Record<string, string>;
}

interface Document {
  info: { title: string };
  paths: Record<string, Record<string, Operation>>;
  components: { securitySchemes: Record<string, unknown>; schemas: Record<string, unknown> };
  "x-amazon-apigateway-gateway-responses": Record<string, GatewayResponse>;
  [extension: string]: unknown;
}

const targets = { apiName: "records-api-pr-7", invokeArn: "arn:invoke", userPoolArn: "arn:users" };
const document = JSON.parse(gatewayDocument(targets)) as Document;
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ title: `${method.toUpperCase()} ${path}`, operation })),
);

describe("the API's document", () => {
  it("is titled with the API's name, which AWS would change otherwise", () => {
    expect(document.info).toEqual({ ...contract.info, title: "records-api-pr-7" });
  });

  it("has these operations, each with the one scope it needs", () => {
    expect(Object.fromEntries(operations.map(({ title, operation }) => [title, operation.security]))).toEqual({
      "GET /health": [],
      "POST /v1/session": [{ accessToken: ["records/read"] }],
      "GET /v1/session": [{ accessToken: ["records/read"] }],
      "DELETE /v1/session": [{ accessToken: ["records/read"] }],
      "GET /v1/patients": [{ accessToken: ["records/read"] }],
      "POST /v1/patients": [{ accessToken: ["records/write"] }],
      "GET /v1/patients/{patientId}": [{ accessToken: ["records/read"] }],
      "PUT /v1/patients/{patientId}": [{ accessToken: ["records/write"] }],
      "GET /v1/patients/{patientId}/records": [{ accessToken: ["records/read"] }],
      "POST /v1/patients/{patientId}/records": [{ accessToken: ["records/write"] }],
      "GET /v1/patients/{patientId}/records/{recordId}": [{ accessToken: ["records/read"] }],
      "PUT /v1/patients/{patientId}/records/{recordId}": [{ accessToken: ["records/write"] }],
      "GET /v1/patients/{patientId}/accesses": [{ accessToken: ["audit/read"] }],
    });
  });

  it("has every operation of the contract and no other", () => {
    expect(operations.map(({ operation }) => operation.operationId).sort()).toEqual(
      routes.map(({ operationId }) => operationId).sort(),
    );
  });

  it("lets in by access tokens of the user pool, and by nothing else", () => {
    expect(document.components.securitySchemes).toEqual({
      accessToken: {
        type: "apiKey",
        name: "Authorization",
        in: "header",
        "x-amazon-apigateway-authtype": "cognito_user_pools",
        "x-amazon-apigateway-authorizer": { type: "cognito_user_pools", providerARNs: ["arn:users"] },
      },
    });
    expect(document).not.toHaveProperty("security");
  });

  it.each(operations)("hands $title to the service, which answers in time or not at all", ({ operation }) => {
    expect(operation["x-amazon-apigateway-integration"]).toEqual({
      type: "aws_proxy",
      httpMethod: "POST",
      uri: "arn:invoke",
      passthroughBehavior: "never",
      timeoutInMillis: 29000,
    });
    const extensions = Object.keys(operation).filter((key) => key.startsWith("x-"));
    expect(extensions).toEqual(["x-amazon-apigateway-integration"]);
  });

  it("validates bodies and parameters of every operation", () => {
    expect(document["x-amazon-apigateway-request-validator"]).toBe("body-and-parameters");
    expect(document["x-amazon-apigateway-request-validators"]).toEqual({
      "body-and-parameters": { validateRequestBody: true, validateRequestParameters: true },
    });
  });

  it("says the rest as the contract does, bodies and parameters among it", () => {
    const withoutExtensions = JSON.parse(gatewayDocument(targets), (key, value: unknown) =>
      key.startsWith("x-") ? undefined : value,
    ) as Document;
    expect(withoutExtensions).toEqual({
      ...contract,
      info: { ...contract.info, title: "records-api-pr-7" },
      components: {
        schemas: contract.components.schemas,
        securitySchemes: { accessToken: { type: "apiKey", name: "Authorization", in: "header" } },
      },
    });
  });

  it("refuses TLS before 1.2 and other front ends", () => {
    expect(document["x-amazon-apigateway-security-policy"]).toBe("SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09");
    expect(document["x-amazon-apigateway-endpoint-access-mode"]).toBe("STRICT");
  });

  it("says nothing more to API Gateway", () => {
    expect(
      Object.keys(document)
        .filter((key) => key.startsWith("x-"))
        .sort(),
    ).toEqual([
      "x-amazon-apigateway-endpoint-access-mode",
      "x-amazon-apigateway-gateway-responses",
      "x-amazon-apigateway-request-validator",
      "x-amazon-apigateway-request-validators",
      "x-amazon-apigateway-security-policy",
    ]);
  });

  it("is the same text for the same targets, and another for others", () => {
    expect(gatewayDocument(targets)).toBe(gatewayDocument({ ...targets }));
    expect(gatewayDocument({ ...targets, invokeArn: "arn:other" })).not.toBe(gatewayDocument(targets));
  });
});

describe("what the gateway answers itself", () => {
  const responses = document["x-amazon-apigateway-gateway-responses"];

  it.each([
    ["ACCESS_DENIED", 403, "Forbidden"],
    ["API_CONFIGURATION_ERROR", 500, "Internal Server Error"],
    ["AUTHORIZER_CONFIGURATION_ERROR", 500, "Internal Server Error"],
    ["AUTHORIZER_FAILURE", 500, "Internal Server Error"],
    ["BAD_REQUEST_BODY", 400, "Request body does not match its schema"],
    ["BAD_REQUEST_PARAMETERS", 400, "Request parameters are missing or wrong"],
    ["DEFAULT_4XX", 400, "Bad Request"],
    ["DEFAULT_5XX", 500, "Internal Server Error"],
    ["EXPIRED_TOKEN", 401, "Unauthorized"],
    ["INTEGRATION_FAILURE", 502, "Bad Gateway"],
    ["INTEGRATION_TIMEOUT", 504, "Gateway Timeout"],
    ["INVALID_API_KEY", 403, "Forbidden"],
    ["INVALID_SIGNATURE", 401, "Unauthorized"],
    ["MISSING_AUTHENTICATION_TOKEN", 404, "Not Found"],
    ["QUOTA_EXCEEDED", 429, "Too Many Requests"],
    ["REQUEST_TOO_LARGE", 413, "Content Too Large"],
    ["RESOURCE_NOT_FOUND", 404, "Not Found"],
    ["THROTTLED", 429, "Too Many Requests"],
    ["UNAUTHORIZED", 401, "Unauthorized"],
    ["UNSUPPORTED_MEDIA_TYPE", 415, "Unsupported Media Type"],
    ["WAF_FILTERED", 403, "Forbidden"],
  ])("to %s is a problem document with %d and nothing but the request's id", (type, status, title) => {
    expect(responses[type]).toEqual({
      statusCode: status,
      responseParameters: {
        "gatewayresponse.header.Content-Type": "'application/problem+json'",
        "gatewayresponse.header.Cache-Control": "'no-store'",
        "gatewayresponse.header.Strict-Transport-Security": "'max-age=63072000; includeSubDomains'",
        ...(status === 401 ? { "gatewayresponse.header.WWW-Authenticate": "'Bearer'" } : {}),
        ...(status === 429 ? { "gatewayresponse.header.Retry-After": "'1'" } : {}),
      },
      responseTemplates: {
        "application/json": `{"type":"about:blank","title":"${title}","status":${status},"requestId":"$context.requestId"}`,
      },
    });
  });

  it("is these 21 answers, every kind that API Gateway knows", () => {
    expect(Object.keys(responses)).toHaveLength(21);
  });

  it("is JSON that leaks nothing: the only variable is the request's id", () => {
    for (const { responseTemplates } of Object.values(responses)) {
      const template = responseTemplates["application/json"] ?? "";
      expect(JSON.parse(template)).toMatchObject({ type: "about:blank" });
      expect(template.match(/\$[\w.]+/g)).toEqual(["$context.requestId"]);
    }
  });
});
