import type { OperationId } from "../contract";

/** Who asks for what, and from where: what the audit tells of a request (45 CFR 164.312(b)). */
export interface AccessContext {
  /** Subject of the access token; null where there was no valid one. */
  userId: string | null;
  /** The operation that was asked for. `endSessions` is an operator's, outside the API. */
  action: OperationId | "endSessions";
  requestId: string;
  /** Network address the request came from. */
  sourceAddress: string;
}
