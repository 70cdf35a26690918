import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import { routes } from "../contract";
import { describeError } from "../describe-error";
import type { Operation, Operations } from "./operations";
import { problemResponse } from "./responses";

/** Where the handler writes what it did; Powertools' logger is one. */
export interface RequestLog {
  info(message: string, details: Record<string, unknown>): void;
  error(message: string, details: Record<string, unknown>): void;
}

/** Handles requests as API Gateway's REST proxy integration passes them, by the path template that it matched. */
export function createHandler(operations: Operations, log: RequestLog) {
  return async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> => {
    const startedAt = performance.now();
    const { name, operation } = route(operations, event);
    const response = await answer(operation, event, log);
    // The template, never the path: a path holds identifiers of patients.
    log.info("answered", {
      operation: name,
      status: response.statusCode,
      durationMs: Math.round(performance.now() - startedAt),
      requestId: event.requestContext.requestId,
    });
    return response;
  };
}

function route(
  operations: Operations,
  { httpMethod, resource }: APIGatewayProxyEvent,
): { name: string; operation: Operation } {
  const known = routes.filter(({ path }) => path === resource);
  const match = known.find(({ method }) => method.toUpperCase() === httpMethod);
  if (match) return { name: match.operationId, operation: operations[match.operationId] };
  if (known.length === 0) return { name: "unknown path", operation: unknownPath };
  return { name: "unknown method", operation: unknownMethod(known.map(({ method }) => method.toUpperCase())) };
}

const unknownPath: Operation = (event) =>
  Promise.resolve(problemResponse(event, 404, "There is nothing at this path."));

const unknownMethod =
  (allowed: string[]): Operation =>
  (event) =>
    Promise.resolve(problemResponse(event, 405, `Allowed here: ${allowed.join(", ")}.`, { Allow: allowed.join(", ") }));

async function answer(
  operation: Operation,
  event: APIGatewayProxyEvent,
  log: RequestLog,
): Promise<APIGatewayProxyResult> {
  try {
    return await operation(event);
  } catch (error) {
    log.error("failed", { requestId: event.requestContext.requestId, error: describeError(error) });
    return problemResponse(event, 500, "Something went wrong here. Quote the request id when asking for help.");
  }
}
