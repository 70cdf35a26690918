import { Logger } from "@aws-lambda-powertools/logger";
import { MetricUnit } from "@aws-lambda-powertools/metrics";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { awsJobLimits } from "../aws-client";
import { connectDataStores } from "../data-stores";
import { functionMetrics } from "../function-metrics";
import { AuditLog, deliverToCloudWatch } from "../records/audit-log";
import { endAllSessions } from "../records/sessions";
import { createSecretsClient } from "../secret";
import { AuditDelivery } from "./deliver-audit";
import { SessionEnding } from "./end-sessions";
import { readOperationsEnvironment } from "./environment";
import { createHandler } from "./handler";
import { LogReader } from "./log-reader";
import { verifyAudit } from "./verify-audit";

const environment = readOperationsEnvironment(process.env);
const log = new Logger({ serviceName: "records-operations", persistentKeys: { environment: environment.name } });
const metrics = functionMetrics("records-operations", environment.name);

const logs = new CloudWatchLogsClient(awsJobLimits);
const { database, redis } = connectDataStores(createSecretsClient(), environment, "records-operations");
const auditLog = new LogReader(logs, environment.auditLogGroup);

/** What the records service needs done beside its requests; invoked by a schedule or an operator. */
export const handler = createHandler({
  delivery: new AuditDelivery(database, auditLog, log, (seconds) => {
    metrics.addMetric("AuditDeliveryDelay", MetricUnit.Seconds, seconds);
    // A count that is there, and nought, tells an environment whose verification has stopped from a new one.
    metrics.addMetric("AuditVerifications", MetricUnit.Count, 0);
    metrics.publishStoredMetrics();
  }),
  verifyAudit: async () => {
    const verification = await verifyAudit(database, auditLog, log);
    metrics.addMetric("AuditVerifications", MetricUnit.Count, 1);
    metrics.addMetric("AuditTrailIntact", MetricUnit.Count, verification.intact ? 1 : 0);
    metrics.publishStoredMetrics();
    return verification;
  },
  sessionEnding: new SessionEnding(
    (userId) => endAllSessions(redis, userId, environment.sessionAbsoluteSeconds),
    new AuditLog(deliverToCloudWatch(logs, environment.auditLogGroup)),
    log,
  ),
  log,
});
