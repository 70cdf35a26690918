import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { APIGatewayProxyEvent } from "aws-lambda";
import { awsClientLimits } from "../aws-client";
import { Database, parseDatabaseCredentials } from "../postgres";
import { RedisConnection } from "../redis-connection";
import { createSecretsClient, Secret, secretText } from "../secret";
import { verifiedByGateway, verifiedByKeys } from "./access-tokens";
import { deliverToCloudWatch } from "./audit-log";
import { readRecordsEnvironment } from "./environment";
import { createHandler } from "./gateway-event";
import { createService } from "./service";
import { fetchUserPoolKeys } from "./user-pool-keys";

const environment = readRecordsEnvironment(process.env);
const metrics = new Metrics({
  namespace: "tap",
  serviceName: "records-service",
  defaultDimensions: { environment: environment.name },
});
const secrets = createSecretsClient();

const answer = createHandler(
  createService({
    database: new Database(
      environment.database,
      new Secret(secretText(secrets, environment.database.secretArn), parseDatabaseCredentials),
    ),
    redis: new RedisConnection(
      environment.redis,
      new Secret(secretText(secrets, environment.redis.secretArn), (token) => token),
    ),
    readToken:
      environment.tokenVerification === "keys"
        ? verifiedByKeys(environment.userPool, fetchUserPoolKeys(process.env))
        : verifiedByGateway(environment.userPool),
    deliverAuditLines: deliverToCloudWatch(new CloudWatchLogsClient(awsClientLimits), environment.auditLogGroup),
    sessionLimits: environment.sessionLimits,
    cacheSeconds: environment.cacheSeconds,
    log: new Logger({ serviceName: "records-service", persistentKeys: { environment: environment.name } }),
    metrics: {
      count: (name) => {
        metrics.addMetric(name, MetricUnit.Count, 1);
      },
    },
  }),
);

/** The records API in Lambda, behind API Gateway's REST proxy integration. */
export async function handler(event: APIGatewayProxyEvent) {
  try {
    return await answer(event);
  } finally {
    metrics.publishStoredMetrics();
  }
}
