import { DatabaseError } from "pg";
import { UnavailableError } from "../unavailable-error";
import { TokenError } from "./access-tokens";
import { malformed, Problem, unauthorized, unavailable } from "./problems";
import {
  ConflictError,
  CursorError,
  IdempotencyMismatchError,
  NotFoundError,
  VersionMismatchError,
} from "./store/errors";

/** Data exceptions and violated constraints (PostgreSQL, appendix A): values that the schemas let through. */
const impossibleData = /^2[23]/;

/** What to answer where a request failed. What nobody foresaw is a 500, which tells nothing. */
export function problemOf(error: unknown, hadToken: boolean): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof TokenError) return unauthorized(error.message, hadToken);
  if (error instanceof UnavailableError) return unavailable();
  if (error instanceof NotFoundError) return new Problem(404, error.message);
  if (error instanceof ConflictError) return new Problem(409, error.message);
  if (error instanceof VersionMismatchError) return new Problem(412, error.message);
  if (error instanceof IdempotencyMismatchError) return new Problem(422, error.message);
  if (error instanceof CursorError) return malformed([{ parameter: "cursor", detail: error.message }]);
  if (error instanceof DatabaseError && impossibleData.test(error.code ?? ""))
    return new Problem(400, "A value is not one that can be stored or searched for.");
  return new Problem(500, "Something went wrong here. Quote the request id when asking for help.");
}
