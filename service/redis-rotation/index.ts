import { Logger } from "@aws-lambda-powertools/logger";
import { ElastiCacheClient } from "@aws-sdk/client-elasticache";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { readRotationEnvironment } from "./environment";
import { createHandler } from "./handler";
import { ReplicationGroup } from "./replication-group";

const environment = readRotationEnvironment(process.env);

const requestHandler = { connectionTimeout: 3000, requestTimeout: 10_000, throwOnRequestTimeout: true };

/** Rotates the AUTH token of a replication group; invoked by Secrets Manager, once for each step. */
export const handler = createHandler({
  secrets: new SecretsManagerClient({ requestHandler }),
  group: new ReplicationGroup(
    new ElastiCacheClient({ requestHandler }),
    environment.replicationGroupId,
    environment.redis,
  ),
  log: new Logger({ serviceName: "redis-rotation" }),
});
