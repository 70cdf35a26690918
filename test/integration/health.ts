import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import { answerLifetime, type Health } from "../../service/records/health";
import { type Invocation, invokeWithLog, wakeLimit } from "./invocations";
import { accountId, environmentSuffix, eventually, outputs } from "./stack";

/** Seconds after which the service is healthy at the latest, also where it has to wake first. */
export const healthLimit = wakeLimit + 60;

/** What came of asking the records service for its health. */
interface HealthInvocation extends Invocation {
  answer: APIGatewayProxyResult;
}

/**
 * Asks the records service for its health, as API Gateway's proxy integration does.
 *
 * @param requestId the gateway's id of the request, which a client can choose
 */
async function invokeHealth(requestId: string): Promise<HealthInvocation> {
  return (await invokeWithLog("records-service", healthRequest(requestId))) as HealthInvocation;
}

/**
 * The first healthy answer: where the service starts only now, connecting may take longer than its checks wait.
 *
 * @param requestId as of `invokeHealth`
 */
export function firstHealthy(requestId: string): Promise<HealthInvocation> {
  return eventually("the service is healthy", healthLimit, async () => {
    const invocation = await invokeHealth(requestId);
    return invocation.answer.statusCode === 200 ? invocation : undefined;
  });
}

/** What comes of some work, and what the service says of its health until it is done, and once after that. */
export async function healthDuring<T>(work: Promise<T>): Promise<[T, Health[]]> {
  const isOver = work.then(
    () => true,
    () => true,
  );
  const answers: Health[] = [];
  let isLast: boolean;
  do {
    isLast = await Promise.race([isOver, Promise.resolve(false)]);
    const { answer } = await invokeHealth(randomUUID());
    answers.push(JSON.parse(answer.body) as Health);
    // Until then it would answer the same, without a check.
    await sleep(answerLifetime);
  } while (!isLast);
  return [await work, answers];
}

/** What failed of the checks of a data store, but for those that took too long: a container that starts only now may be slow. */
export const failures = (answers: Health[], store: keyof Health["checks"]) =>
  answers.map(({ checks }) => checks[store]).filter((check) => check.status !== "ok" && check.reason !== "timeout");

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
