import { readEnvironment } from "../environment-reader";
import type { DatabaseEndpoint } from "../postgres";

export interface DatabaseRotationEnvironment {
  database: DatabaseEndpoint;
  /** Secret of the user that sets passwords, in the form {"username", "password"}. */
  masterSecretArn: string;
}

export const readDatabaseRotationEnvironment = (variables: NodeJS.ProcessEnv): DatabaseRotationEnvironment =>
  readEnvironment(variables, (reader) => ({
    database: reader.database(),
    masterSecretArn: reader.arn("DATABASE_SECRET_ARN"),
  }));
