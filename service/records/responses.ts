import { STATUS_CODES } from "node:http";
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";

/** Answers hold data of patients, or the state of the moment: nobody may keep them. */
const commonHeaders = { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" };

export const jsonResponse = (statusCode: number, body: object): APIGatewayProxyResult => ({
  statusCode,
  headers: { ...commonHeaders, "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

/** A problem document (RFC 9457), as the contract's model `Problem`. */
export const problemResponse = (
  { requestContext }: APIGatewayProxyEvent,
  status: number,
  detail: string,
  headers: Record<string, string> = {},
): APIGatewayProxyResult => ({
  statusCode: status,
  headers: { ...commonHeaders, ...headers, "Content-Type": "application/problem+json" },
  body: JSON.stringify({
    type: "about:blank",
    title: STATUS_CODES[status],
    status,
    detail,
    requestId: requestContext.requestId,
  }),
});
