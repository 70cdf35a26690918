import { readEnvironment, type WithSecret } from "../environment-reader";
import type { DatabaseEndpoint } from "../postgres";
import type { RedisEndpoint } from "../redis";
import type { UserPoolClient } from "./access-tokens";
import type { SessionLimits } from "./sessions";

export interface RecordsEnvironment {
  /** Suffix of the environment. */
  name: string;
  auditLogGroup: string;
  /** Its secret is of the form {"username", "password"}. */
  database: WithSecret<DatabaseEndpoint>;
  /** Its secret's whole string is the AUTH token. */
  redis: WithSecret<RedisEndpoint>;
  userPool: UserPoolClient;
  /** Who verifies access tokens: the service, by the user pool's keys, or API Gateway alone. */
  tokenVerification: "keys" | "gateway";
  sessionLimits: SessionLimits;
  /** 0: no cache. */
  cacheSeconds: number;
}

export const readRecordsEnvironment = (variables: NodeJS.ProcessEnv): RecordsEnvironment =>
  readEnvironment(variables, (reader) => ({
    name: reader.text("ENVIRONMENT"),
    auditLogGroup: reader.text("AUDIT_LOG_GROUP"),
    database: { ...reader.database(), secretArn: reader.arn("DATABASE_SECRET_ARN") },
    redis: { ...reader.redis(), secretArn: reader.arn("REDIS_SECRET_ARN") },
    userPool: { userPoolId: reader.userPoolId("USER_POOL_ID"), clientId: reader.text("USER_POOL_CLIENT_ID") },
    tokenVerification: reader.oneOf("TOKEN_VERIFICATION", ["keys", "gateway"]),
    sessionLimits: {
      idle: reader.count("SESSION_IDLE_SECONDS"),
      absolute: reader.count("SESSION_ABSOLUTE_SECONDS"),
      requestsPerMinute: reader.count("SESSION_REQUESTS_PER_MINUTE"),
    },
    cacheSeconds: reader.count("CACHE_SECONDS"),
  }));
