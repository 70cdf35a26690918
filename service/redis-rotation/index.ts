import { Logger } from "@aws-lambda-powertools/logger";
import { ElastiCacheClient } from "@aws-sdk/client-elasticache";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { awsJobLimits } from "../aws-client";
import { createHandler } from "../rotation/handler";
import { tokenFormat } from "./auth-token";
import { readRotationEnvironment } from "./environment";
import { ReplicationGroup } from "./replication-group";
import { TokenRotation } from "./token-rotation";

const environment = readRotationEnvironment(process.env);
const secrets = new SecretsManagerClient(awsJobLimits);
const group = new ReplicationGroup(
  new ElastiCacheClient(awsJobLimits),
  environment.replicationGroupId,
  environment.redis,
);

/** Rotates the AUTH token of a replication group; invoked by Secrets Manager, once for each step. */
export const handler = createHandler({
  secrets,
  format: tokenFormat,
  target: new TokenRotation(secrets, group),
  log: new Logger({ serviceName: "redis-rotation" }),
});
