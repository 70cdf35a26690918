import { readEnvironment, type WithSecret } from "../environment-reader";
import type { DatabaseEndpoint } from "../postgres";
import type { RedisEndpoint } from "../redis";

export interface OperationsEnvironment {
  /** Suffix of the environment. */
  name: string;
  auditLogGroup: string;
  /** Its secret is of the form {"username", "password"}. */
  database: WithSecret<DatabaseEndpoint>;
  /** Its secret's whole string is the AUTH token. */
  redis: WithSecret<RedisEndpoint>;
  /** Seconds from the sign-in after which its session ends whatever happens. */
  sessionAbsoluteSeconds: number;
}

export const readOperationsEnvironment = (variables: NodeJS.ProcessEnv): OperationsEnvironment =>
  readEnvironment(variables, (reader) => ({
    name: reader.text("ENVIRONMENT"),
    auditLogGroup: reader.text("AUDIT_LOG_GROUP"),
    database: { ...reader.database(), secretArn: reader.arn("DATABASE_SECRET_ARN") },
    redis: { ...reader.redis(), secretArn: reader.arn("REDIS_SECRET_ARN") },
    sessionAbsoluteSeconds: reader.count("SESSION_ABSOLUTE_SECONDS"),
  }));
