/** Bytes of memory of an RDS instance class (RDS user guide, "Hardware specifications for DB instance classes"). */
export function databaseMemory(instanceClass: string): number {
  const [, family = "", size = ""] = instanceClass.split(".");
  const small: Record<string, number> = { micro: 1, small: 2, medium: 4, large: 8 };
  const generalPurpose = small[size] ?? 16 * Number(/^\d+/.exec(size)?.[0] ?? "1");
  const gibibytes = family.startsWith("r") ? generalPurpose * 2 : generalPurpose;
  return gibibytes * 2 ** 30;
}

/** RDS's default has one for each 9 MiB of the memory that it leaves to PostgreSQL, which it does not tell: on a small instance about three quarters. */
const memoryPerConnection = 12 * 2 ** 20;

/** PostgreSQL's `max_connections` on an instance class, about RDS's default, at most 5000 (RDS user guide, "Maximum number of database connections"). */
export function maximumConnections(instanceClass: string): number {
  return Math.min(5000, Math.floor(databaseMemory(instanceClass) / memoryPerConnection));
}
