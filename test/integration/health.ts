import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import { invoke, wakeLimit } from "./invocations";
import { accountId, environmentSuffix, eventually, outputs } from "./stack";

/** Seconds after which the service is healthy at the latest, also where it has to wake first. */
export const healthLimit = wakeLimit + 60;

/**
 * Asks the records service for its health, as API Gateway's proxy integration does.
 *
 * @param requestId the gateway's id of the request, which a client can choose
 */
export async function invokeHealth(requestId: string): Promise<APIGatewayProxyResult> {
  return (await invoke("records-service", healthRequest(requestId))) as APIGatewayProxyResult;
}

/**
 * The first healthy answer: where the service starts only now, connecting may take longer than its checks wait.
 *
 * @param requestId as of `invokeHealth`
 */
export function firstHealthy(requestId: string): Promise<APIGatewayProxyResult> {
  return eventually("the service is healthy", healthLimit, async () => {
    const answer = await invokeHealth(requestId);
    return answer.statusCode === 200 ? answer : undefined;
  });
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
