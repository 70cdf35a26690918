import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { WithSecret } from "./environment-reader";
import { Database, type DatabaseEndpoint, parseDatabaseCredentials } from "./postgres";
import type { RedisEndpoint } from "./redis";
import { RedisConnection } from "./redis-connection";
import { Secret, secretText } from "./secret";

/** The data stores of a function, with the credentials that their secrets hold. Connects when something is asked of them. */
export const connectDataStores = (
  secrets: SecretsManagerClient,
  { database, redis }: { database: WithSecret<DatabaseEndpoint>; redis: WithSecret<RedisEndpoint> },
  applicationName: string,
) => ({
  database: new Database(
    database,
    new Secret(secretText(secrets, database.secretArn), parseDatabaseCredentials),
    applicationName,
  ),
  redis: new RedisConnection(redis, new Secret(secretText(secrets, redis.secretArn), (token) => token)),
});
