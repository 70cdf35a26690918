/** Bytes of memory of an RDS instance class (RDS user guide, "Hardware specifications for DB instance classes"). */
export function databaseMemory(instanceClass: string): number {
  const [, family = "", size = ""] = instanceClass.split(".");
  const small: Record<string, number> = { micro: 1, small: 2, medium: 4, large: 8 };
  const generalPurpose = small[size] ?? 16 * Number(/^\d+/.exec(size)?.[0] ?? "1");
  const gibibytes = family.startsWith("r") ? generalPurpose * 2 : generalPurpose;
  return gibibytes * 2 ** 30;
}

/**
 * PostgreSQL's default `max_connections` on an instance class: memory in bytes / 9531392, at most 5000
 * (RDS user guide, "Maximum number of database connections").
 */
export function maximumConnections(instanceClass: string): number {
  return Math.min(5000, Math.floor(databaseMemory(instanceClass) / 9531392));
}
