import { functionTypes, resourceName, serviceLogGroups } from "../../lib/naming";
import type { FoundType } from "./inventory";

type IsNamed = (name: string, environmentSuffix: string) => boolean;

const isDatabase: IsNamed = (name, suffix) => name === resourceName("rds-postgres", suffix);
const isCache: IsNamed = (name, suffix) => name === resourceName("redis", suffix);

/** The groups that services make, or make again, by themselves, under names of ours. */
const isServiceLogGroup: IsNamed = (name, suffix) => {
  const database = resourceName("rds-postgres", suffix);
  return [
    ...functionTypes.map((type) => serviceLogGroups.lambda(resourceName(type, suffix))),
    serviceLogGroups.rds(database, "postgresql"),
    serviceLogGroups.rds(database, "upgrade"),
    serviceLogGroups.containerInsights(resourceName("ecs", suffix)),
  ].includes(name);
};

/**
 * How what may be without tags is told by its name, or that of what it belongs to. For each kind there is one name, as others can be those of another suffix:
 * `redis-auth-dev` is the secret of `dev`, and the cache of `auth-dev`.
 */
const isNamed: Partial<Record<FoundType, IsNamed>> = {
  "aws:cloudwatch/dashboard:Dashboard": (name, suffix) => name === resourceName("records", suffix),
  "aws:cloudwatch/logGroup:LogGroup": isServiceLogGroup,
  "aws:cloudwatch/queryDefinition:QueryDefinition": (name, suffix) =>
    name.startsWith(`${resourceName("audit-queries", suffix)}/`),
  "aws:elasticache/cluster:Cluster": isCache,
  "aws:elasticache/replicationGroup:ReplicationGroup": isCache,
  "aws:elasticache/snapshot:Snapshot": isCache,
  "aws:rds/instanceAutomatedBackup:InstanceAutomatedBackup": isDatabase,
  "aws:rds/snapshot:Snapshot": isDatabase,
  "aws:secretsmanager/secret:Secret": isDatabase,
};

/** Whether an environment has something of this kind by one of these names. */
export function isNamedAs(type: FoundType, names: (string | undefined)[], environmentSuffix: string): boolean {
  const named = isNamed[type];
  return named !== undefined && names.some((name) => name !== undefined && named(name, environmentSuffix));
}
