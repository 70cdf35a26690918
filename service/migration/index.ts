import { Logger } from "@aws-lambda-powertools/logger";
import { parseDatabaseCredentials } from "../postgres";
import { createSecretsClient, Secret, secretText } from "../secret";
import { readMigrationEnvironment } from "./environment";
import { createHandler } from "./handler";

const environment = readMigrationEnvironment(process.env);
const secrets = createSecretsClient();

/** Migrates the schema; invoked by each deployment that brings a change of it. */
export const handler = createHandler({
  database: environment.database,
  master: new Secret(secretText(secrets, environment.masterSecretArn), parseDatabaseCredentials),
  secrets,
  serviceSecretArn: environment.serviceSecretArn,
  log: new Logger({ serviceName: "schema-migration" }),
});
