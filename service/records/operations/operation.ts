import type { AccessContext } from "../access";
import type { AccessToken } from "../access-tokens";
import type { Lookup } from "../read-cache";
import type { Session } from "../sessions";
import type { AuditEntry, AuditReceipt } from "../store/audit-trail";
import type { Parameters } from "../validation";

/** A request that may be carried out: who asks, and the parameters and the body as the contract has them. */
export interface Call {
  access: AccessContext & { userId: string };
  token: AccessToken;
  parameters: Parameters;
  body: Record<string, unknown>;
  /** What the cache knew, where the operation names a key. */
  lookup: Lookup<unknown>;
}

export interface Answer {
  status: 200 | 201 | 204;
  body?: object;
  headers?: Record<string, string>;
  /** What was accessed; goes to the audit log before the answer leaves. */
  accessed?: AuditEntry[];
  /** What was written, with its entries, which are in the audit trail already. */
  receipts?: AuditReceipt[];
}

/** One operation of the contract. */
export interface Operation {
  /** The session it needs: the live one unless it says that it does without. */
  withoutSession?: true;
  /** Key of the cache that is looked up together with the session. */
  cacheKey?: (parameters: Parameters) => string | undefined;
  run: (call: Call, session: Session | undefined) => Promise<Answer>;
}

/** A text that the contract requires as a parameter. */
export const parameter = ({ parameters }: Call, name: string) => parameters[name] as string;

/** ETag of a version (RFC 9110, section 8.8.3). */
export const etag = (version: number) => ({ ETag: `"${version}"` });

/** The version of an `If-Match` header. */
export const ifVersion = (call: Call) => Number(parameter(call, "If-Match").slice(1, -1));

/** Items and cursor of a page. */
export const pageRequest = ({ parameters }: Call) => ({
  limit: parameters.limit as number,
  cursor: parameters.cursor as string | undefined,
});
