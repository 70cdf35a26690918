/** What is counted. None of it tells of a patient. */
export type MetricName =
  /** Reads that the cache answered, and those that it did not. */
  | "CacheHits"
  | "CacheMisses"
  /** Values that were read from the database on behalf of the cache. */
  | "CacheLoads"
  /** Times that the cache could not do its part, and the service did without. */
  | "CacheFailures"
  /** Writes whose entry is in the audit trail but did not reach the audit log. */
  | "AuditLogFailures";

export interface Metrics {
  count(name: MetricName): void;
}
