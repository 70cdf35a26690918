/** What the service cannot work without. */
export type Dependency = "database" | "cache" | "audit log" | "token keys";

/** Something the service needs did not do its part; why is the `cause`. */
export class UnavailableError extends Error {
  override readonly name = "UnavailableError";

  constructor(
    readonly dependency: Dependency,
    cause: unknown,
  ) {
    super(`${dependency} unavailable`, { cause });
  }
}
