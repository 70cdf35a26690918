import { Logger } from "@aws-lambda-powertools/logger";
import { Cache } from "./cache";
import { Database, parseDatabaseCredentials } from "../postgres";
import { readRecordsEnvironment } from "./environment";
import { createHandler } from "./handler";
import { HealthChecks } from "./health";
import { createOperations } from "./operations";
import { createSecretsClient, Secret } from "../secret";

const environment = readRecordsEnvironment(process.env);
const logger = new Logger({ serviceName: "records-service", persistentKeys: { environment: environment.name } });

const secrets = createSecretsClient();
const database = new Database(
  environment.database,
  new Secret(secrets, environment.database.secretArn, parseDatabaseCredentials),
);
const cache = new Cache(environment.redis, new Secret(secrets, environment.redis.secretArn, (token) => token));

const health = new HealthChecks(
  {
    database: () => database.query("SELECT 1"),
    cache: () => cache.run((client) => client.ping()),
  },
  (message, details) => {
    logger.warn(message, details);
  },
);

/** The records API in Lambda, behind API Gateway's REST proxy integration. */
export const handler = createHandler(createOperations(health), logger);
