import { Logger } from "@aws-lambda-powertools/logger";
import { MetricUnit } from "@aws-lambda-powertools/metrics";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { awsClientLimits } from "../aws-client";
import { connectDataStores } from "../data-stores";
import { functionMetrics } from "../function-metrics";
import { createSecretsClient } from "../secret";
import { verifiedByGateway, verifiedByKeys } from "./access-tokens";
import { deliverToCloudWatch } from "./audit-log";
import { readRecordsEnvironment } from "./environment";
import { createService } from "./service";
import { fetchUserPoolKeys } from "./user-pool-keys";

/** The records service with what its environment variables name, for whatever passes requests to it. */
export function serviceFromEnvironment(variables: NodeJS.ProcessEnv) {
  const environment = readRecordsEnvironment(variables);
  const metrics = functionMetrics("records-service", environment.name);
  const app = createService({
    ...connectDataStores(createSecretsClient(), environment, "records-service"),
    readToken:
      environment.tokenVerification === "keys"
        ? verifiedByKeys(environment.userPool, fetchUserPoolKeys(variables))
        : verifiedByGateway(environment.userPool),
    deliverAuditLines: deliverToCloudWatch(
      // Called for each request: what it does for a call is put together once.
      new CloudWatchLogsClient({ ...awsClientLimits, cacheMiddleware: true }),
      environment.auditLogGroup,
    ),
    sessionLimits: environment.sessionLimits,
    cacheSeconds: environment.cacheSeconds,
    log: new Logger({ serviceName: "records-service", persistentKeys: { environment: environment.name } }),
    metrics: {
      count: (name) => {
        metrics.addMetric(name, MetricUnit.Count, 1);
      },
    },
  });
  return {
    app,
    /** Writes what was counted since the last time, from where CloudWatch takes it. */
    publishMetrics: () => {
      // Of nothing it would warn, in a line of log.
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}
