import { contract } from "../service/contract";

export interface GatewayTargets {
  /** Of the API. AWS takes the document's title for it: another one would have to be changed while the import is still at work. */
  apiName: string;
  /** Invocation ARN of the function behind every operation. */
  invokeArn: string;
  /** User pool whose access tokens are accepted. */
  userPoolArn: string;
}

/** Milliseconds; API Gateway waits no longer (API Gateway quotas, "Integration timeout"). */
const integrationTimeout = 29000;

/** TLS 1.2 and 1.3 with forward secrecy only (API Gateway developer guide, "Security policies for REST APIs"). */
export const securityPolicy = "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09";

/** Only requests that name this API's own host, so that no other front end can stand before it. */
export const endpointAccessMode = "STRICT";

const validator = "body-and-parameters";

/**
 * The contract with what API Gateway adds: authorizer, integration, validation, and answers of the gateway's own
 * (API Gateway developer guide, "OpenAPI extensions for API Gateway").
 */
export function gatewayDocument({ apiName, invokeArn, userPoolArn }: GatewayTargets): string {
  const integration = {
    type: "aws_proxy",
    httpMethod: "POST",
    uri: invokeArn,
    passthroughBehavior: "never",
    timeoutInMillis: integrationTimeout,
  };
  return JSON.stringify({
    ...contract,
    info: { ...contract.info, title: apiName },
    paths: mapValues<Record<string, object>, object>(contract.paths, (item) =>
      mapValues(item, (operation) => ({ ...operation, "x-amazon-apigateway-integration": integration })),
    ),
    components: {
      ...contract.components,
      securitySchemes: {
        accessToken: {
          type: "apiKey",
          name: "Authorization",
          in: "header",
          "x-amazon-apigateway-authtype": "cognito_user_pools",
          "x-amazon-apigateway-authorizer": { type: "cognito_user_pools", providerARNs: [userPoolArn] },
        },
      },
    },
    "x-amazon-apigateway-security-policy": securityPolicy,
    "x-amazon-apigateway-endpoint-access-mode": endpointAccessMode,
    "x-amazon-apigateway-request-validators": {
      [validator]: { validateRequestBody: true, validateRequestParameters: true },
    },
    "x-amazon-apigateway-request-validator": validator,
    "x-amazon-apigateway-gateway-responses": mapValues(gatewayProblems, gatewayResponse),
  });
}

interface GatewayProblem {
  status: number;
  title: string;
  /** Seconds after which the same request may be answered. */
  retryAfter?: number;
}

const unauthorized: GatewayProblem = { status: 401, title: "Unauthorized" };
const forbidden: GatewayProblem = { status: 403, title: "Forbidden" };
const notFound: GatewayProblem = { status: 404, title: "Not Found" };
const tooManyRequests: GatewayProblem = { status: 429, title: "Too Many Requests", retryAfter: 1 };
const internalError: GatewayProblem = { status: 500, title: "Internal Server Error" };
const badGateway: GatewayProblem = { status: 502, title: "Bad Gateway" };
const gatewayTimeout: GatewayProblem = { status: 504, title: "Gateway Timeout" };

/** What the gateway answers itself; none tells more than the status does (API Gateway developer guide, "Gateway response types"). */
export const gatewayProblems: Record<string, GatewayProblem> = {
  ACCESS_DENIED: forbidden,
  API_CONFIGURATION_ERROR: internalError,
  AUTHORIZER_CONFIGURATION_ERROR: internalError,
  AUTHORIZER_FAILURE: internalError,
  BAD_REQUEST_BODY: { status: 400, title: "Request body does not match its schema" },
  BAD_REQUEST_PARAMETERS: { status: 400, title: "Request parameters are missing or wrong" },
  DEFAULT_4XX: { status: 400, title: "Bad Request" },
  DEFAULT_5XX: internalError,
  EXPIRED_TOKEN: unauthorized,
  INTEGRATION_FAILURE: badGateway,
  INTEGRATION_TIMEOUT: gatewayTimeout,
  INVALID_API_KEY: forbidden,
  INVALID_SIGNATURE: unauthorized,
  // What the gateway calls so is a route that does not exist.
  MISSING_AUTHENTICATION_TOKEN: notFound,
  QUOTA_EXCEEDED: tooManyRequests,
  REQUEST_TOO_LARGE: { status: 413, title: "Content Too Large" },
  RESOURCE_NOT_FOUND: notFound,
  THROTTLED: tooManyRequests,
  UNAUTHORIZED: unauthorized,
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: "Unsupported Media Type" },
  WAF_FILTERED: forbidden,
};

/** A problem document (RFC 9457) that names the request, so that it can be found in the access log; one about tokens says of what kind they are (RFC 6750, section 3). */
function gatewayResponse({ status, title, retryAfter }: GatewayProblem) {
  return {
    statusCode: status,
    responseParameters: {
      "gatewayresponse.header.Content-Type": "'application/problem+json'",
      "gatewayresponse.header.Cache-Control": "'no-store'",
      "gatewayresponse.header.Strict-Transport-Security": "'max-age=63072000; includeSubDomains'",
      ...(status === 401 && { "gatewayresponse.header.WWW-Authenticate": "'Bearer'" }),
      ...(retryAfter && { "gatewayresponse.header.Retry-After": `'${retryAfter}'` }),
    },
    responseTemplates: {
      "application/json": `{"type":"about:blank","title":${JSON.stringify(title)},"status":${status},"requestId":"$context.requestId"}`,
    },
  };
}

function mapValues<T, U>(object: Record<string, T>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}
