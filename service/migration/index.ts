import { Logger } from "@aws-lambda-powertools/logger";
import { createSecretsClient } from "../secret";
import { readMigrationEnvironment } from "./environment";
import { createHandler } from "./handler";

/** Migrates the schema; invoked by each deployment that brings a change of it. */
export const handler = createHandler({
  environment: readMigrationEnvironment(process.env),
  secrets: createSecretsClient(),
  log: new Logger({ serviceName: "schema-migration" }),
});
