import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import { invoke } from "./invocations";
import { accountId, environmentSuffix, outputs } from "./stack";

/**
 * Asks the records service for its health, as API Gateway's proxy integration does.
 *
 * @param requestId the gateway's id of the request, which a client can choose
 */
export async function invokeHealth(requestId: string): Promise<APIGatewayProxyResult> {
  return (await invoke("records-service", healthRequest(requestId))) as APIGatewayProxyResult;
}

function healthRequest(requestId: string): APIGatewayProxyEvent {
  const nobody: APIGatewayProxyEvent["requestContext"]["identity"] = {
    accessKey: null,
    accountId: null,
    apiKey: null,
    apiKeyId: null,
    caller: null,
    clientCert: null,
    cognitoAuthenticationProvider: null,
    cognitoAuthenticationType: null,
    cognitoIdentityId: null,
    cognitoIdentityPoolId: null,
    principalOrgId: null,
    sourceIp: "192.0.2.1",
    user: null,
    userAgent: null,
    userArn: null,
  };
  return {
    resource: "/health",
    path: "/health",
    httpMethod: "GET",
    headers: { Host: new URL(outputs.apiUrl).host },
    multiValueHeaders: { Host: [new URL(outputs.apiUrl).host] },
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    stageVariables: null,
    body: null,
    isBase64Encoded: false,
    requestContext: {
      accountId,
      apiId: outputs.apiId,
      authorizer: null,
      httpMethod: "GET",
      identity: nobody,
      path: `/${environmentSuffix}/health`,
      protocol: "HTTP/1.1",
      requestId,
      requestTimeEpoch: Date.now(),
      resourceId: "health",
      resourcePath: "/health",
      stage: environmentSuffix,
    },
  };
}
