import { Logger } from "@aws-lambda-powertools/logger";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { awsJobLimits } from "../aws-client";
import { Database, parseDatabaseCredentials } from "../postgres";
import { createHandler } from "../rotation/handler";
import { Secret, secretText } from "../secret";
import { readDatabaseRotationEnvironment } from "./environment";
import { loginFormat } from "./login";
import { LoginRotation } from "./login-rotation";

const { database, masterSecretArn } = readDatabaseRotationEnvironment(process.env);
const secrets = new SecretsManagerClient(awsJobLimits);
const master = new Database(
  database,
  new Secret(secretText(secrets, masterSecretArn), parseDatabaseCredentials),
  "database-rotation",
);

/** Rotates the service's login to PostgreSQL; invoked by Secrets Manager, once for each step. */
export const handler = createHandler({
  secrets,
  format: loginFormat,
  target: new LoginRotation(secrets, master, database),
  log: new Logger({ serviceName: "database-rotation" }),
});
