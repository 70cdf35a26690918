import type { UnavailableReason } from "../contract-schemas";
import { withTimeLimit } from "../time-limit";
import { describeError } from "../describe-error";
import { unavailableReason } from "../unavailable-reason";

export type CheckResult = { status: "ok" } | { status: "unavailable"; reason: UnavailableReason };

export interface Health {
  status: "ok" | "unavailable";
  checks: { database: CheckResult; cache: CheckResult };
}

/** Fulfils when what it checks can be used. */
export type Check = () => Promise<unknown>;

/** What a failed check is told about. */
export type FailureLog = (
  message: string,
  details: { check: string; reason: UnavailableReason; error: object },
) => void;

/** Milliseconds a check may take. */
export const checkLimit = 2000;

/** Milliseconds an answer is good for: anyone may ask, and must not load the database by it. */
export const answerLifetime = 2000;

/** Checks everything the service needs at the same time, and remembers the answer for a moment. */
export class HealthChecks {
  private latest?: { health: Promise<Health>; expiresAt: number };

  constructor(
    private readonly checks: { database: Check; cache: Check },
    private readonly logFailure: FailureLog,
  ) {}

  current(): Promise<Health> {
    if (!this.latest || this.latest.expiresAt <= Date.now())
      this.latest = { health: this.run(), expiresAt: Date.now() + answerLifetime };
    return this.latest.health;
  }

  private async run(): Promise<Health> {
    const [database, cache] = await Promise.all([
      this.result("database", this.checks.database),
      this.result("cache", this.checks.cache),
    ]);
    return {
      status: database.status === "ok" && cache.status === "ok" ? "ok" : "unavailable",
      checks: { database, cache },
    };
  }

  private async result(name: string, check: Check): Promise<CheckResult> {
    try {
      await withTimeLimit(checkLimit, withFreshConnection(check));
      return { status: "ok" };
    } catch (error) {
      const reason = unavailableReason(error);
      this.logFailure("check failed", { check: name, reason, error: describeError(error) });
      return { status: "unavailable", reason };
    }
  }
}

/** A connection may have died while the container was frozen, which shows only in use; the second try opens another. */
async function withFreshConnection(check: Check): Promise<unknown> {
  try {
    return await check();
  } catch (error) {
    if (unavailableReason(error) !== "unreachable") throw error;
    return check();
  }
}
