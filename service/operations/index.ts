import { Logger } from "@aws-lambda-powertools/logger";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { awsJobLimits } from "../aws-client";
import { Database, parseDatabaseCredentials } from "../postgres";
import { AuditLog, deliverToCloudWatch } from "../records/audit-log";
import { Sessions } from "../records/sessions";
import { RedisConnection } from "../redis-connection";
import { createSecretsClient, Secret, secretText } from "../secret";
import { AuditDelivery } from "./deliver-audit";
import { SessionEnding } from "./end-sessions";
import { readOperationsEnvironment } from "./environment";
import { createHandler } from "./handler";
import { LogReader } from "./log-reader";
import { verifyAudit } from "./verify-audit";

const environment = readOperationsEnvironment(process.env);
const log = new Logger({ serviceName: "records-operations", persistentKeys: { environment: environment.name } });

const secrets = createSecretsClient();
const logs = new CloudWatchLogsClient(awsJobLimits);
const database = new Database(
  environment.database,
  new Secret(secretText(secrets, environment.database.secretArn), parseDatabaseCredentials),
  "records-operations",
);
const redis = new RedisConnection(
  environment.redis,
  new Secret(secretText(secrets, environment.redis.secretArn), (token) => token),
);
const auditLog = new LogReader(logs, environment.auditLogGroup);
// Of the limits, the end of all sessions of a user concerns the absolute one alone.
const sessions = new Sessions(redis, {
  absolute: environment.sessionAbsoluteSeconds,
  idle: environment.sessionAbsoluteSeconds,
  requestsPerMinute: 0,
});

/** What the records service needs done beside its requests; invoked by a schedule or an operator. */
export const handler = createHandler({
  delivery: new AuditDelivery(database, auditLog, log),
  verifyAudit: () => verifyAudit(database, auditLog, log),
  sessionEnding: new SessionEnding(sessions, new AuditLog(deliverToCloudWatch(logs, environment.auditLogGroup)), log),
  log,
});
