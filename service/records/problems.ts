import { STATUS_CODES } from "node:http";

/** One offending field or parameter. */
export type Fault = { detail: string } & ({ pointer: string } | { parameter: string });

/** Why a request is not carried out, as a problem document tells it (RFC 9457). Holds no data of a patient. */
export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    readonly status: number,
    detail: string,
    readonly extras: { faults?: Fault[]; headers?: Record<string, string> } = {},
  ) {
    super(detail);
  }
}

/** The body of a problem document, as the contract's model `Problem`. */
export const problemDocument = ({ status, message, extras }: Problem, requestId: string) => ({
  type: "about:blank",
  title: STATUS_CODES[status],
  status,
  detail: message,
  requestId,
  ...(extras.faults && { errors: extras.faults }),
});

export const malformed = (faults: Fault[]) => new Problem(400, "The request is not what the API takes.", { faults });

/** 400 about the body as a whole. */
export const malformedBody = (detail: string) => malformed([{ detail, pointer: "" }]);

/** RFC 6750, section 3: without a token there is nothing to say about it. */
export const unauthorized = (detail: string, hadToken: boolean) =>
  new Problem(401, detail, { headers: { "WWW-Authenticate": hadToken ? 'Bearer error="invalid_token"' : "Bearer" } });

export const lacksScope = (scope: string) =>
  new Problem(403, `The access token lacks the scope ${scope}.`, {
    headers: { "WWW-Authenticate": `Bearer error="insufficient_scope", scope="${scope}"` },
  });

export const tooManyRequests = (retryAfter: number) =>
  new Problem(429, "This session makes too many requests.", { headers: { "Retry-After": String(retryAfter) } });

export const unavailable = () =>
  new Problem(503, "Something the service needs is unavailable. Try again.", { headers: { "Retry-After": "1" } });
