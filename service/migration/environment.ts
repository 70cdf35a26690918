import { readEnvironment } from "../environment-reader";
import type { DatabaseEndpoint } from "../postgres";

export interface MigrationEnvironment {
  database: DatabaseEndpoint;
  /** Secret of the user that migrates, in the form {"username", "password"}. */
  masterSecretArn: string;
  /** Secret of the service's user, which gets its first value here. */
  serviceSecretArn: string;
}

export const readMigrationEnvironment = (variables: NodeJS.ProcessEnv): MigrationEnvironment =>
  readEnvironment(variables, (reader) => ({
    database: reader.database(),
    masterSecretArn: reader.arn("DATABASE_SECRET_ARN"),
    serviceSecretArn: reader.arn("SERVICE_SECRET_ARN"),
  }));
