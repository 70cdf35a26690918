import { readEnvironment } from "../environment-reader";
import type { RedisEndpoint } from "../redis";

export interface RotationEnvironment {
  replicationGroupId: string;
  /** Primary endpoint of the group. */
  redis: RedisEndpoint;
}

export const readRotationEnvironment = (variables: NodeJS.ProcessEnv): RotationEnvironment =>
  readEnvironment(variables, (reader) => ({
    replicationGroupId: reader.text("REPLICATION_GROUP_ID"),
    redis: reader.redis(),
  }));
