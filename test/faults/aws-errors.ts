import type { IncomingMessage } from "node:http";

/** The protocols of AWS's APIs that the program's services speak (Smithy, "AWS protocols"). */
export type Protocol = "ec2Query" | "query" | "json" | "restJson";

interface ErrorAnswer {
  status: number;
  headers: Record<string, string>;
  text: string;
}

/** A code, a status and a message, of which each protocol has its own form. */
interface AwsError {
  code: string;
  status: number;
  message: string;
}

const throttlings: Record<Protocol, AwsError> = {
  ec2Query: { code: "RequestLimitExceeded", status: 503, message: "Request limit exceeded." },
  query: { code: "Throttling", status: 400, message: "Rate exceeded" },
  json: { code: "ThrottlingException", status: 400, message: "Rate exceeded" },
  restJson: { code: "TooManyRequestsException", status: 429, message: "Too Many Requests" },
};

const failures: AwsError[] = [
  { code: "InternalFailure", status: 500, message: "The request processing has failed because of an unknown error." },
  { code: "ServiceUnavailable", status: 503, message: "The request has failed due to a temporary failure." },
];

const expiries: Record<Protocol, AwsError[]> = {
  ec2Query: [{ code: "RequestExpired", status: 400, message: "Request has expired." }],
  query: [{ code: "ExpiredToken", status: 403, message: "The security token included in the request is expired" }],
  json: [
    { code: "ExpiredTokenException", status: 400, message: "The security token included in the request is expired" },
    {
      code: "UnrecognizedClientException",
      status: 400,
      message: "The security token included in the request is invalid.",
    },
  ],
  restJson: [
    { code: "ExpiredTokenException", status: 403, message: "The security token included in the request is expired" },
  ],
};

/** AWS's answer in place of what was asked for. */
export function errorAnswer(
  kind: "throttled" | "failing" | "expired",
  protocol: Protocol,
  random: () => number,
): ErrorAnswer {
  const errors = { throttled: [throttlings[protocol]], failing: failures, expired: expiries[protocol] }[kind];
  const error = errors[Math.floor(random() * errors.length)] ?? throttlings[protocol];
  return inProtocol(protocol, error);
}

function inProtocol(protocol: Protocol, { code, status, message }: AwsError): ErrorAnswer {
  const requestId = "00000000-0000-4000-8000-000000000000";
  const error = `<Code>${code}</Code><Message>${message}</Message>`;
  switch (protocol) {
    case "ec2Query":
      return {
        status,
        headers: { "content-type": "text/xml" },
        text: `<Response><Errors><Error>${error}</Error></Errors><RequestID>${requestId}</RequestID></Response>`,
      };
    case "query":
      return {
        status,
        headers: { "content-type": "text/xml" },
        text: `<ErrorResponse><Error><Type>Sender</Type>${error}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
      };
    case "json":
    case "restJson":
      return {
        status,
        headers: { "content-type": "application/x-amz-json-1.1", "x-amzn-errortype": code },
        text: JSON.stringify({ __type: code, message }),
      };
  }
}

/** How a request is written, and its answer is to be. */
export function protocolOf({ headers }: Pick<IncomingMessage, "headers">, body: Buffer): Protocol {
  if (headers["x-amz-target"]) return "json";
  if (!headers["content-type"]?.startsWith("application/x-www-form-urlencoded")) return "restJson";
  // EC2 has versions of its own, and answers differently from the others.
  return new URLSearchParams(body.toString()).get("Version") === "2016-11-15" ? "ec2Query" : "query";
}

/** What a request asks for, such as `CreateVpc` or `POST /restapis`. */
export function operationOf({ headers, method, url }: IncomingMessage, body: Buffer): string {
  const target = headers["x-amz-target"];
  if (typeof target === "string") return target.split(".").at(-1) ?? target;
  const action = new URLSearchParams(body.toString("utf8", 0, 4096)).get("Action");
  return action ?? `${method ?? ""} ${url?.split("?")[0] ?? ""}`;
}
