import type { Log } from "../log";
import type { Database } from "../postgres";
import type { RedisConnection } from "../redis-connection";
import type { ReadToken } from "./access-tokens";
import { createApp } from "./app";
import { AuditLog, type DeliverLines } from "./audit-log";
import { HealthChecks } from "./health";
import type { Metrics } from "./metrics";
import { accessOperations } from "./operations/accesses";
import { medicalRecordOperations } from "./operations/medical-records";
import { patientOperations } from "./operations/patients";
import { sessionOperations } from "./operations/sessions";
import { ReadCache } from "./read-cache";
import { type SessionLimits, Sessions } from "./sessions";
import { AuditTrail } from "./store/audit-trail";
import { MedicalRecords } from "./store/medical-records";
import { Patients } from "./store/patients";

export interface ServiceArgs {
  database: Database;
  redis: RedisConnection;
  readToken: ReadToken;
  deliverAuditLines: DeliverLines;
  sessionLimits: SessionLimits;
  /** Seconds that a read stays in the cache; 0: never. */
  cacheSeconds: number;
  log: Log;
  metrics: Metrics;
}

/** The records service, put together: in Lambda and as a local server alike. */
export function createService({ database, redis, readToken, log, metrics, ...args }: ServiceArgs) {
  const sessions = new Sessions(redis, args.sessionLimits);
  const cache = new ReadCache(redis, args.cacheSeconds, metrics);
  const patients = new Patients(database);
  return createApp({
    health: new HealthChecks(
      { database: () => database.query("SELECT 1"), cache: () => redis.run((client) => client.ping()) },
      (message, details) => {
        log.warn(message, details);
      },
    ),
    operations: {
      ...sessionOperations(sessions),
      ...patientOperations(patients, cache),
      ...medicalRecordOperations(new MedicalRecords(database), cache),
      ...accessOperations(new AuditTrail(database), patients),
    },
    readToken,
    sessions,
    cache,
    auditLog: new AuditLog(args.deliverAuditLines),
    log,
    metrics,
  });
}
