import { all, atLeast, hasCompanion, includesOnly, is, isNot, isSet } from "../expectations";
import type { PolicyResource, Rule } from "../rule";
import { referrers } from "../stack";
import { at, isGiven, isPresent, json, list, show, texts } from "../values";

const restApi = "aws:apigateway/restApi:RestApi";
const stage = "aws:apigateway/stage:Stage";
const methodSettings = "aws:apigateway/methodSettings:MethodSettings";

/** The operations that need no token. */
const publicOperations = ["GET /health"];

/** What an access log may say of a caller: no name, no address of mail. */
const loggedClaims = ["sub", "client_id", "scope"];

export const apiRules: Rule[] = [
  {
    name: "api-operations-authorized",
    description: "Every operation of the API but GET /health needs a token of the user pool and a scope.",
    controls: ["45 CFR 164.312(a)(1)", "45 CFR 164.312(d)"],
    severity: "critical",
    enforcement: "mandatory",
    remedy: "Give the operation a security requirement of the Cognito scheme with a scope.",
    types: [restApi],
    scope: "resource",
    check: (resource) => {
      if (!isPresent(at(bodyOf(resource), "paths"))) return ["body is no OpenAPI document in JSON with operations"];
      const schemes = Object.entries(object(at(bodyOf(resource), "components.securitySchemes")))
        .filter(([, scheme]) => {
          const authorizer = at(scheme, "x-amazon-apigateway-authorizer");
          return at(authorizer, "type") === "cognito_user_pools" && isPresent(at(authorizer, "providerARNs"));
        })
        .map(([name]) => name);
      return operations(resource)
        .filter(({ title }) => !publicOperations.includes(title))
        .filter(({ operation }) => !isAuthorized(operation, schemes))
        .map(({ title }) => `${title} needs no token with a scope`);
    },
  },
  {
    name: "api-requests-validated",
    description: "API Gateway validates bodies and parameters of every request before the service sees it.",
    controls: ["45 CFR 164.312(c)(1)"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Name a request validator for the whole API that validates bodies and parameters.",
    types: [restApi],
    about: hasBody,
    scope: "resource",
    check: (resource) => {
      const body = bodyOf(resource);
      const name = at(body, "x-amazon-apigateway-request-validator");
      const validator = object(at(body, "x-amazon-apigateway-request-validators"))[String(name)];
      return ["validateRequestBody", "validateRequestParameters"]
        .filter((part) => at(validator, part) !== true)
        .map((part) => `${part} is ${show(at(validator, part))}; it must be true`);
    },
  },
  {
    name: "api-tls",
    description: "Clients speak TLS 1.2 or newer with the API, by its own host name.",
    controls: ["45 CFR 164.312(e)(1)", "45 CFR 164.312(e)(2)(ii)"],
    severity: "high",
    enforcement: "mandatory",
    remedy:
      "Set x-amazon-apigateway-security-policy to one of TLS 1.2 or 1.3, and x-amazon-apigateway-endpoint-access-mode to STRICT.",
    types: [restApi],
    about: hasBody,
    scope: "resource",
    check: (resource) => {
      const body = bodyOf(resource);
      const policy = at(body, "x-amazon-apigateway-security-policy");
      const mode = at(body, "x-amazon-apigateway-endpoint-access-mode");
      return [
        ...(/^(TLS_1_2|SecurityPolicy_TLS1[23]_.+)$/.test(String(policy))
          ? []
          : [`security policy is ${show(policy)}; it must be one of TLS 1.2 or 1.3`]),
        ...(mode === "STRICT" ? [] : [`endpoint access mode is ${show(mode)}; it must be "STRICT"`]),
      ];
    },
  },
  {
    name: "api-regional",
    description: "Requests stay in the region: no edge location elsewhere decrypts them.",
    controls: ["45 CFR 164.312(e)(1)"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set endpointConfiguration.types to REGIONAL or PRIVATE.",
    types: [restApi],
    scope: "resource",
    check: all(
      isSet("endpointConfiguration.types"),
      includesOnly("endpointConfiguration.types", "REGIONAL", "PRIVATE"),
    ),
  },
  {
    name: "api-errors-tell-nothing",
    description: "What API Gateway answers itself quotes neither the request nor the inner error.",
    controls: ["45 CFR 164.312(a)(1)"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Write gateway responses of fixed text and $context.requestId.",
    types: [restApi],
    about: hasBody,
    scope: "resource",
    check: (resource) => {
      const responses = Object.entries(object(at(bodyOf(resource), "x-amazon-apigateway-gateway-responses")));
      return responses.flatMap(([type, response]) =>
        (JSON.stringify(response).match(/\$(context\.[\w.]+|input|method|stageVariables)/g) ?? [])
          .filter((variable) => variable !== "$context.requestId")
          .map((variable) => `${type} tells ${variable}`),
      );
    },
  },
  {
    name: "stage-access-log",
    description: "Stages write an access log.",
    controls: ["45 CFR 164.312(b)"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Set accessLogSettings.destinationArn and format.",
    types: [stage],
    scope: "resource",
    check: all(isSet("accessLogSettings.destinationArn"), isSet("accessLogSettings.format")),
  },
  {
    name: "stage-access-log-no-phi",
    description: "The access log tells who called which operation, and holds no path, query, header or body.",
    controls: ["45 CFR 164.312(a)(1)", "45 CFR 164.312(b)"],
    severity: "high",
    enforcement: "mandatory",
    remedy:
      "Use $context.resourcePath instead of $context.path, and of the claims no more than the subject and the client.",
    types: [stage],
    about: ({ inputs }) => isGiven(inputs, "accessLogSettings.format"),
    scope: "resource",
    check: ({ inputs }) => {
      const format = String(at(inputs, "accessLogSettings.format"));
      const variables = format.match(/\$(context\.[\w.]+|\w+)/g) ?? [];
      const claim = /^\$context\.authorizer\.claims\.(.+)$/;
      return [
        ...variables
          .filter((variable) =>
            /^\$(context\.(path|customDomain\.basePathMatched|requestOverride.*)$|input|method)/.test(variable),
          )
          .map((variable) => `format holds ${variable}`),
        ...variables
          .filter((variable) => claim.test(variable) && !loggedClaims.includes(claim.exec(variable)?.[1] ?? ""))
          .map((variable) => `format holds ${variable}`),
      ];
    },
  },
  {
    name: "stage-access-log-identifies",
    description: "The access log tells for each request who called, when, what, from where, and what came of it.",
    controls: ["45 CFR 164.312(a)(2)(i)", "45 CFR 164.312(b)"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Put request id, time, method, resource path, status, subject and source address into the format.",
    types: [stage],
    about: ({ inputs }) => isGiven(inputs, "accessLogSettings.format"),
    scope: "resource",
    check: ({ inputs }) => {
      const format = String(at(inputs, "accessLogSettings.format"));
      return [
        "requestId",
        "requestTime",
        "httpMethod",
        "resourcePath",
        "status",
        "authorizer.claims.sub",
        "identity.sourceIp",
      ]
        .filter((variable) => !format.includes(`$context.${variable}`))
        .map((variable) => `format has no $context.${variable}`);
    },
  },
  {
    name: "stage-traced",
    description: "X-Ray traces requests from the gateway on.",
    controls: ["45 CFR 164.308(a)(1)(ii)(D)", "FSBP APIGateway.3"],
    severity: "low",
    enforcement: "advisory",
    remedy: "Set xrayTracingEnabled to true.",
    types: [stage],
    scope: "resource",
    check: is("xrayTracingEnabled", true),
    exception: {
      reason: "The gateway's traces would hold paths and queries, which name patients; traces begin at the function.",
      covers: () => true,
    },
  },
  {
    name: "stage-not-traced",
    description: "X-Ray keeps no paths and queries of requests, which name patients.",
    controls: ["45 CFR 164.312(a)(1)"],
    severity: "critical",
    enforcement: "mandatory",
    remedy: "Set xrayTracingEnabled to false.",
    types: [stage],
    scope: "resource",
    check: isNot("xrayTracingEnabled", true),
  },
  {
    name: "stage-firewall",
    description: "A web ACL stands before every stage.",
    controls: ["45 CFR 164.312(e)(1)", "FSBP APIGateway.4"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Add a WebAclAssociation for the stage.",
    types: [stage],
    scope: "stack",
    check: hasCompanion("aws:wafv2/webAclAssociation:WebAclAssociation", "resourceArn"),
  },
  {
    name: "stage-settings-for-all-methods",
    description: "Each stage has settings that hold for all of its methods.",
    controls: ["45 CFR 164.312(b)", "FSBP APIGateway.1"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Add MethodSettings with the methodPath */*.",
    types: [stage],
    scope: "stack",
    check: (resource, stack) =>
      referrers(stack, methodSettings, "stageName", resource).some(({ inputs }) => inputs.methodPath === "*/*")
        ? []
        : ["has no MethodSettings for */*"],
  },
  {
    name: "methods-logged",
    description: "Methods write an execution log.",
    controls: ["45 CFR 164.312(b)", "FSBP APIGateway.1"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set settings.loggingLevel to ERROR.",
    types: [methodSettings],
    scope: "resource",
    check: is("settings.loggingLevel", "ERROR", "INFO"),
  },
  {
    name: "methods-log-no-bodies",
    description: "The execution log holds no requests and answers, which are patients' data.",
    controls: ["45 CFR 164.312(a)(1)"],
    severity: "critical",
    enforcement: "mandatory",
    remedy: "Set settings.dataTraceEnabled to false.",
    types: [methodSettings],
    scope: "resource",
    check: isNot("settings.dataTraceEnabled", true),
  },
  {
    name: "methods-not-cached",
    description: "API Gateway keeps no answers, unless encrypted.",
    controls: ["45 CFR 164.312(a)(2)(iv)", "FSBP APIGateway.5"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set settings.cachingEnabled to false, or settings.cacheDataEncrypted to true.",
    types: [methodSettings],
    scope: "resource",
    check: (resource) =>
      at(resource.inputs, "settings.cacheDataEncrypted") === true
        ? []
        : isNot("settings.cachingEnabled", true)(resource),
  },
  {
    name: "methods-throttled",
    description: "Methods and plans limit how many requests are served.",
    controls: ["45 CFR 164.308(a)(1)(ii)(B)"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set a rate limit and a burst limit.",
    types: [methodSettings, "aws:apigateway/usagePlan:UsagePlan"],
    scope: "resource",
    check: (resource) =>
      resource.type === methodSettings
        ? all(atLeast("settings.throttlingRateLimit", 1), atLeast("settings.throttlingBurstLimit", 1))(resource)
        : all(atLeast("throttleSettings.rateLimit", 1), atLeast("throttleSettings.burstLimit", 1))(resource),
  },
  {
    name: "api-gateway-may-log",
    description: "API Gateway has a role with which it writes its logs.",
    controls: ["45 CFR 164.312(b)", "FSBP APIGateway.1"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set cloudwatchRoleArn.",
    types: ["aws:apigateway/account:Account"],
    scope: "resource",
    check: isSet("cloudwatchRoleArn"),
  },
  {
    name: "stage-client-certificate",
    description: "API Gateway shows a certificate to the service behind it.",
    controls: ["45 CFR 164.312(d)", "FSBP APIGateway.2"],
    severity: "medium",
    enforcement: "advisory",
    remedy: "Set clientCertificateId.",
    types: [stage],
    scope: "resource",
    check: isSet("clientCertificateId"),
    exception: {
      reason:
        "The service is a function: API Gateway invokes it by AWS's API with a signed request, which the function's policy admits from this stage only. There is no HTTP backend to show a certificate to.",
      covers: () => true,
    },
  },
];

/** The OpenAPI document of an API. */
function bodyOf({ inputs }: PolicyResource): unknown {
  return json(inputs.body);
}

/** Whether there is a document; `api-operations-authorized` refuses an API without one. */
function hasBody(resource: PolicyResource): boolean {
  return isPresent(bodyOf(resource));
}

function operations(resource: PolicyResource): { title: string; operation: unknown }[] {
  return Object.entries(object(at(bodyOf(resource), "paths"))).flatMap(([path, item]) =>
    Object.entries(object(item))
      .filter(([method]) =>
        /^(get|put|post|delete|options|head|patch|trace|x-amazon-apigateway-any-method)$/.test(method),
      )
      .map(([method, operation]) => ({ title: `${method.toUpperCase()} ${path}`, operation })),
  );
}

/** Whether each way in, of which one suffices, asks for a scope by one of the schemes. */
function isAuthorized(operation: unknown, schemes: string[]): boolean {
  const ways = list(at(operation, "security"));
  return (
    ways.length > 0 &&
    ways.every((way) => schemes.some((scheme) => texts(at(way, scheme)).some((scope) => scope.includes("/"))))
  );
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
