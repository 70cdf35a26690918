import { readEnvironment } from "../environment-reader";
import type { DatabaseEndpoint } from "../postgres";
import type { RedisEndpoint } from "../redis";

export interface RecordsEnvironment {
  /** Suffix of the environment. */
  name: string;
  database: DatabaseEndpoint & {
    /** Secret of the form {"username", "password"}. */
    secretArn: string;
  };
  redis: RedisEndpoint & {
    /** Secret whose whole string is the AUTH token. */
    secretArn: string;
  };
}

export const readRecordsEnvironment = (variables: NodeJS.ProcessEnv): RecordsEnvironment =>
  readEnvironment(variables, (reader) => ({
    name: reader.text("ENVIRONMENT"),
    database: {
      host: reader.host("DATABASE_HOST"),
      port: reader.port("DATABASE_PORT"),
      name: reader.text("DATABASE_NAME"),
      secretArn: reader.arn("DATABASE_SECRET_ARN"),
    },
    redis: {
      host: reader.host("REDIS_HOST"),
      port: reader.port("REDIS_PORT"),
      secretArn: reader.arn("REDIS_SECRET_ARN"),
    },
  }));
