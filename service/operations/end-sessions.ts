import type { Log } from "../log";
import { type AuditLog, newLine } from "../records/audit-log";

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
    private readonly endAllSessions: (userId: string) => Promise<void>,
    private readonly auditLog: AuditLog,
    private readonly log: Log,
  ) {}

  async run({ userId, operator }: SessionsToEnd, requestId: string): Promise<{ ended: true }> {
    await this.auditLog.write([
      newLine(
        // CloudTrail has the invocation's address, by the request id.
        { userId: operator, action: "endSessions", requestId, sourceAddress: "lambda" },
        { outcome: "allowed" },
      ),
    ]);
    await this.endAllSessions(userId);
    this.log.info("sessions ended", { userId, operator, requestId });
    return { ended: true };
  }
}
