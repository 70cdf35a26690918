import { randomUUID } from "node:crypto";
import type { AuditLog } from "../records/audit-log";
import type { Sessions } from "../records/sessions";
import type { OperationLog } from "./operation-log";

/** Which user's sessions end, and who wants them to. */
export interface SessionsToEnd {
  /** Subject of the user's access tokens. */
  userId: string;
  /** Whoever answers for it, as the audit trail is to name them. */
  operator: string;
}

/**
 * Ends all sessions of a user at once, such as of somebody who has left or whose device is lost (45 CFR
 * 164.308(a)(3)(ii)(C)). Not for good: the user may sign in again, unless Cognito refuses that.
 *
 * It is in the audit log before it happens, or it does not happen. Whose sessions ended is in the function's log, by the
 * same request id.
 */
export class SessionEnding {
  constructor(
    private readonly sessions: Sessions,
    private readonly auditLog: AuditLog,
    private readonly log: OperationLog,
  ) {}

  async run({ userId, operator }: SessionsToEnd, requestId: string): Promise<{ ended: true }> {
    await this.auditLog.write([
      {
        id: randomUUID(),
        occurredAt: new Date().toISOString(),
        userId: operator,
        action: "endSessions",
        outcome: "allowed",
        requestId,
        // CloudTrail has the invocation's, by the request id.
        sourceAddress: "lambda",
      },
    ]);
    await this.sessions.endAllOf(userId);
    this.log.info("sessions ended", { userId, operator, requestId });
    return { ended: true };
  }
}
