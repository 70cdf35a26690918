import * as pulumi from "@pulumi/pulumi";
import { allowConnection, type Peer } from "./security-groups";

/** A data store as its clients see it. */
export interface DataStore {
  host: pulumi.Input<string>;
  port: number;
  /** Group of the data store; the client adds itself to it. */
  securityGroupId: pulumi.Input<string>;
  /** Secret with what logs in. */
  secretArn: pulumi.Input<string>;
}

export interface DataStores {
  /** The secret is `{"username", "password"}`. */
  database: DataStore & { name: string };
  /** The secret's whole text is the AUTH token. */
  redis: DataStore;
}

/** Environment variables that tell a function where PostgreSQL is and which secret logs in. */
export function databaseVariables({ host, port, name, secretArn }: DataStores["database"]) {
  return {
    DATABASE_HOST: host,
    DATABASE_PORT: String(port),
    DATABASE_NAME: name,
    DATABASE_SECRET_ARN: secretArn,
  };
}

/** Environment variables that tell a function where Redis is and which secret logs in. */
export function redisVariables({ host, port, secretArn }: DataStores["redis"]) {
  return { REDIS_HOST: host, REDIS_PORT: String(port), REDIS_SECRET_ARN: secretArn };
}

/** Where a data store lets its clients in. */
type Door = Pick<DataStore, "port" | "securityGroupId">;

/** Lets a security group connect to PostgreSQL. Returns the rules. */
export function allowPostgres(parent: pulumi.Resource, from: Peer, { port, securityGroupId }: Door): pulumi.Resource[] {
  return allowConnection(parent, { from, to: { name: "postgres", securityGroupId }, port });
}

/** Lets a security group connect to Redis. Returns the rules. */
export function allowRedis(parent: pulumi.Resource, from: Peer, { port, securityGroupId }: Door): pulumi.Resource[] {
  return allowConnection(parent, { from, to: { name: "redis", securityGroupId }, port });
}
