import {
  type Authorizer,
  GetAccountCommand,
  GetDeploymentCommand,
  type GatewayResponse,
  GetGatewayResponsesCommand,
  GetRequestValidatorsCommand,
  GetRestApiCommand,
  GetStageCommand,
  type Method,
  paginateGetModels,
  paginateGetResources,
  paginateGetUsagePlans,
  GetAuthorizersCommand,
  type RequestValidator,
  type RestApi,
  type Stage,
} from "@aws-sdk/client-api-gateway";
import { GetRoleCommand, ListAttachedRolePoliciesCommand } from "@aws-sdk/client-iam";
import { accessLogFormat } from "../../lib/api-gateway";
import { gatewayProblems } from "../../lib/openapi";
import { contract, routes } from "../../service/contract";
import {
  accountId,
  arnOf,
  aws,
  canonical,
  collect,
  environmentSuffix,
  nameOf,
  only,
  outputs,
  parsePolicy,
  partition,
  present,
  region,
} from "./stack";

const api = { restApiId: outputs.apiId };

interface Operation {
  method: string;
  path: string;
  definition: Method;
}

let restApi: RestApi;
let stage: Stage;
let operations: Operation[];
let authorizer: Authorizer;
let validator: RequestValidator;

beforeAll(async () => {
  const client = aws.apiGateway;
  [restApi, stage] = await Promise.all([
    client.send(new GetRestApiCommand(api)),
    client.send(new GetStageCommand({ ...api, stageName: environmentSuffix })),
  ]);
  const resources = await collect(
    paginateGetResources({ client }, { ...api, embed: ["methods"] }),
    (page) => page.items,
  );
  operations = resources.flatMap(({ path = "", resourceMethods = {} }) =>
    Object.entries(resourceMethods).map(([method, definition]) => ({ method, path, definition })),
  );
  authorizer = only((await client.send(new GetAuthorizersCommand(api))).items, "authorizer");
  validator = only((await client.send(new GetRequestValidatorsCommand(api))).items, "request validator");
});

/** In an order of their own. */
const inOrder = <T extends { method: string; path: string }>(items: readonly T[]): T[] =>
  items.toSorted((a, b) => `${a.path} ${a.method}`.localeCompare(`${b.path} ${b.method}`));

const expectedOf = (route: (typeof routes)[number]) => {
  const item = contract.paths[route.path as keyof typeof contract.paths] as Partial<Record<string, ContractOperation>>;
  return present(item[route.method], `operation ${route.operationId}`);
};

interface ContractOperation {
  parameters?: { name: string; in: string; required?: boolean }[];
  requestBody?: { content: Record<string, { schema: { $ref: string } }> };
}

/** What differs between operations, as the contract says. */
const contractOperations = () =>
  inOrder(
    routes.map((route) => ({
      method: route.method.toUpperCase(),
      path: route.path,
      scopes: route.scope === null ? [] : [route.scope as string],
    })),
  );

test("speaks TLS 1.2 with forward secrecy at least, to those who name it only", () => {
  expect(restApi).toMatchObject({
    securityPolicy: "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
    endpointAccessMode: "STRICT",
  });
});

test("is regional, at the address of the outputs", () => {
  expect(restApi).toMatchObject({ id: outputs.apiId, name: nameOf("records-api") });
  expect(restApi.endpointConfiguration?.types).toEqual(["REGIONAL"]);
  expect(outputs.apiUrl).toBe(`https://${outputs.apiId}.execute-api.${region}.amazonaws.com/${environmentSuffix}`);
});

describe("operations", () => {
  test("are those of the contract, every one but GET /health behind the user pool with its one scope", () => {
    const found = operations.map(({ method, path, definition }) => ({
      method,
      path,
      scopes: definition.authorizationScopes ?? [],
      authorization: definition.authorizationType,
      authorizerId: definition.authorizerId,
      apiKeyRequired: definition.apiKeyRequired,
    }));
    const expected = contractOperations().map((operation) => ({
      ...operation,
      ...(operation.path === "/health"
        ? { authorization: "NONE", authorizerId: undefined }
        : { authorization: "COGNITO_USER_POOLS", authorizerId: authorizer.id }),
      apiKeyRequired: false,
    }));
    expect(expected).toHaveLength(routes.length);
    expect(expected.filter(({ scopes }) => scopes.length === 0)).toMatchObject([{ method: "GET", path: "/health" }]);
    expect(inOrder(found)).toEqual(expected);
  });

  test("go to the records service", () => {
    const integrations = inOrder(operations).map(({ definition }) => definition.methodIntegration);
    expect(integrations).toHaveLength(routes.length);
    const service = arnOf("lambda", `function:${nameOf("records-service")}`);
    for (const integration of integrations) {
      expect(integration).toMatchObject({
        type: "AWS_PROXY",
        httpMethod: "POST",
        uri: `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${service}/invocations`,
        timeoutInMillis: 29000,
        passthroughBehavior: "NEVER",
      });
    }
  });

  test("are validated, body and parameters", () => {
    expect(validator).toMatchObject({ validateRequestBody: true, validateRequestParameters: true });
    expect(operations.map(({ definition }) => definition.requestValidatorId)).toEqual(routes.map(() => validator.id));
    const found = operations.map(({ method, path, definition }) => ({
      method,
      path,
      parameters: definition.requestParameters ?? {},
      models: definition.requestModels ?? {},
    }));
    const places: Record<string, string> = { path: "path", query: "querystring", header: "header" };
    const expected = routes.map((route) => {
      const { parameters = [], requestBody } = expectedOf(route);
      return {
        method: route.method.toUpperCase(),
        path: route.path,
        parameters: Object.fromEntries(
          parameters.map((parameter) => [
            `method.request.${places[parameter.in] ?? ""}.${parameter.name}`,
            parameter.required ?? false,
          ]),
        ),
        models: Object.fromEntries(
          Object.entries(requestBody?.content ?? {}).map(([type, { schema }]) => [type, schema.$ref.split("/").at(-1)]),
        ),
      };
    });
    expect(inOrder(found)).toEqual(inOrder(expected));
  });

  test("are deployed as they are: no removed one is still live", async () => {
    const deployment = await aws.apiGateway.send(
      new GetDeploymentCommand({ ...api, deploymentId: stage.deploymentId, embed: ["apisummary"] }),
    );
    const live = Object.entries(deployment.apiSummary ?? {}).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { authorizationType, apiKeyRequired }]) => ({
        method,
        path,
        authorizationType,
        apiKeyRequired,
      })),
    );
    expect(inOrder(live)).toEqual(
      contractOperations().map(({ method, path }) => ({
        method,
        path,
        authorizationType: path === "/health" ? "NONE" : "COGNITO_USER_POOLS",
        apiKeyRequired: false,
      })),
    );
  });
});

test("trusts the access tokens of the environment's user pool", () => {
  expect(authorizer).toMatchObject({
    type: "COGNITO_USER_POOLS",
    identitySource: "method.request.header.Authorization",
    providerARNs: [arnOf("cognito-idp", `userpool/${outputs.userPoolId}`)],
  });
});

test("has the contract's models", async () => {
  const models = await collect(paginateGetModels({ client: aws.apiGateway }, api), (page) => page.items);
  // API Gateway gives every new API these two.
  const ours = models.filter(({ name }) => name !== "Empty" && name !== "Error");
  const properties = (schema: { properties?: object }) => Object.keys(schema.properties ?? {}).sort();
  const found = ours.map(({ name, schema = "{}" }) => [name, properties(JSON.parse(schema) as object)]);
  const expected = Object.entries(contract.components.schemas).map(([name, schema]) => [name, properties(schema)]);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
});

describe("answers of the gateway's own", () => {
  let responses: GatewayResponse[];

  beforeAll(async () => {
    const { items = [] } = await aws.apiGateway.send(new GetGatewayResponsesCommand({ ...api, limit: 500 }));
    responses = items.filter(({ defaultResponse }) => defaultResponse !== true);
  });

  test("are all ours", () => {
    expect(responses.map(({ responseType }) => responseType as string).sort()).toEqual(
      Object.keys(gatewayProblems).sort(),
    );
  });

  test.each(Object.entries(gatewayProblems))("to %s tell no more than the status", (type, { status, title }) => {
    const response = only(
      responses.filter(({ responseType }) => responseType === type),
      `response to ${type}`,
    );
    expect(response.statusCode).toBe(String(status));
    expect(response.responseParameters).toEqual({
      "gatewayresponse.header.Content-Type": "'application/problem+json'",
      "gatewayresponse.header.Cache-Control": "'no-store'",
      "gatewayresponse.header.Strict-Transport-Security": "'max-age=63072000; includeSubDomains'",
      ...(status === 401 ? { "gatewayresponse.header.WWW-Authenticate": "'Bearer'" } : {}),
      ...(status === 429 ? { "gatewayresponse.header.Retry-After": "'1'" } : {}),
    });
    const templates = response.responseTemplates ?? {};
    expect(Object.keys(templates)).toEqual(["application/json"]);
    expect(JSON.parse(templates["application/json"] ?? "")).toEqual({
      type: "about:blank",
      title,
      status,
      requestId: "$context.requestId",
    });
  });
});

describe("stage", () => {
  test("is the environment's, without a cache, and without traces, which would hold paths and queries", () => {
    expect(stage).toMatchObject({ stageName: environmentSuffix, cacheClusterEnabled: false });
    expect(stage.tracingEnabled ?? false).toBe(false);
  });

  test("logs every access to the encrypted group, without what could identify a patient", () => {
    expect(stage.accessLogSettings).toEqual({
      destinationArn: arnOf("logs", `log-group:${nameOf("api-access")}`),
      format: accessLogFormat,
    });
    expect(Object.values(JSON.parse(accessLogFormat) as Record<string, string>)).not.toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /\$context\.(path|identity\.user|requestOverride|customDomain)\b|\$input|querystring|body/,
        ),
      ]),
    );
  });

  test("throttles, and logs errors without bodies", () => {
    expect(Object.keys(stage.methodSettings ?? {})).toEqual(["*/*"]);
    const settings = present(stage.methodSettings?.["*/*"], "settings of all methods");
    expect(settings).toMatchObject({
      loggingLevel: "ERROR",
      dataTraceEnabled: false,
      metricsEnabled: true,
      cachingEnabled: false,
    });
    expect(settings.throttlingRateLimit).toBeGreaterThanOrEqual(1);
    expect(settings.throttlingRateLimit).toBeLessThanOrEqual(10000);
    expect(settings.throttlingBurstLimit).toBeGreaterThanOrEqual(1);
    expect(settings.throttlingBurstLimit).toBeLessThanOrEqual(5000);
  });

  test("is in one usage plan with the same limits", async () => {
    const plans = await collect(paginateGetUsagePlans({ client: aws.apiGateway }, {}), (page) => page.items);
    const plan = only(
      plans.filter(({ apiStages }) => apiStages?.some(({ apiId }) => apiId === outputs.apiId)),
      "usage plan of the API",
    );
    const settings = present(stage.methodSettings?.["*/*"], "settings of all methods");
    expect(plan).toMatchObject({
      name: nameOf("records-api"),
      apiStages: [{ apiId: outputs.apiId, stage: environmentSuffix }],
      throttle: { rateLimit: settings.throttlingRateLimit, burstLimit: settings.throttlingBurstLimit },
    });
  });
});

test("may write logs, as the whole account, by a role that API Gateway alone can take on", async () => {
  const { cloudwatchRoleArn } = await aws.apiGateway.send(new GetAccountCommand({}));
  expect(cloudwatchRoleArn).toBe(`arn:${partition}:iam::${accountId}:role/api-gateway-cloudwatch-logs`);
  const RoleName = "api-gateway-cloudwatch-logs";
  const { Role } = await aws.iam.send(new GetRoleCommand({ RoleName }));
  const { Statement } = parsePolicy(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ""));
  expect(canonical(Statement)).toEqual(
    canonical([{ Effect: "Allow", Principal: { Service: "apigateway.amazonaws.com" }, Action: "sts:AssumeRole" }]),
  );
  const { AttachedPolicies } = await aws.iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  expect(AttachedPolicies?.map(({ PolicyArn }) => PolicyArn)).toEqual([
    `arn:${partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs`,
  ]);
});
