import type { OpenAPIV3 } from "openapi-types";
import type { ModelName } from "./contract-schemas";

const headers = {
  ETag: { description: "The version, in quotes; for `If-Match`.", schema: { type: "string" } },
  Location: { description: "Path of what was created.", schema: { type: "string" } },
  "Retry-After": { description: "Seconds to wait before trying again.", schema: { type: "integer" } },
  "WWW-Authenticate": { description: "`Bearer`, with what is wrong (RFC 6750).", schema: { type: "string" } },
} satisfies Record<string, OpenAPIV3.HeaderObject>;

type HeaderName = keyof typeof headers;

const pick = (names: HeaderName[]) => Object.fromEntries(names.map((name) => [name, headers[name]]));

/** An answer that carries a model, with the headers it always has. */
export const answer = (description: string, model: ModelName, ...names: HeaderName[]): OpenAPIV3.ResponseObject => ({
  description,
  headers: pick(names),
  content: { "application/json": { schema: { $ref: `#/components/schemas/${model}` } } },
});

const problem = (description: string, ...names: HeaderName[]): OpenAPIV3.ResponseObject => ({
  description,
  headers: pick(names),
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
});

const problems = {
  400: problem("The request is malformed: not what this document says. `errors` names every field or parameter."),
  401: problem(
    "No valid access token, or no session is open, or it has ended; `detail` says which.",
    "WWW-Authenticate",
  ),
  403: problem("The access token lacks the scope that this operation needs."),
  404: problem("No such patient or record."),
  409: problem("Contradicts what is stored, or a request with the same `Idempotency-Key` is still at work."),
  412: problem("Changed by someone else in the meantime. Read it again, then change it."),
  413: problem("The body is too large."),
  415: problem("The body is not `application/json`."),
  422: problem(
    "Well-formed, but it cannot be so: a date in the future, or an `Idempotency-Key` used for other content.",
  ),
  429: problem("Too many requests of this session, or of all together.", "Retry-After"),
  503: problem(
    "Something the service needs is unavailable. Try again: `Idempotency-Key` and `If-Match` keep a change that did " +
      "take effect from being made twice.",
    "Retry-After",
  ),
};

/** The ways an operation may fail. */
export const failures = (...statuses: (keyof typeof problems)[]): OpenAPIV3.ResponsesObject =>
  Object.fromEntries(statuses.map((status) => [status, problems[status]]));
