import { readDatabaseRotationEnvironment } from "../../service/database-rotation/environment";
import { readMigrationEnvironment, readMigrationInput } from "../../service/migration/environment";
import { readOperationsEnvironment } from "../../service/operations/environment";
import { readRecordsEnvironment } from "../../service/records/environment";
import { readRotationEnvironment } from "../../service/redis-rotation/environment";

const variables = {
  ENVIRONMENT: "dev",
  DATABASE_HOST: "rds-postgres-dev.example.com",
  DATABASE_PORT: "5432",
  DATABASE_NAME: "records",
  DATABASE_SECRET_ARN: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-1",
  REDIS_HOST: "127.42.0.9",
  REDIS_PORT: "65535",
  REDIS_SECRET_ARN: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:redis-auth-dev",
  AUDIT_LOG_GROUP: "audit-dev",
  USER_POOL_ID: "eu-west-1_aB3",
  USER_POOL_CLIENT_ID: "client-1",
  TOKEN_VERIFICATION: "gateway",
  SESSION_IDLE_SECONDS: "900",
  SESSION_ABSOLUTE_SECONDS: "43200",
  SESSION_REQUESTS_PER_MINUTE: "300",
  CACHE_SECONDS: "0",
};

describe("the environment of the records service", () => {
  it("is read as a whole", () => {
    expect(readRecordsEnvironment(variables)).toEqual({
      name: "dev",
      database: {
        host: "rds-postgres-dev.example.com",
        port: 5432,
        name: "records",
        secretArn: variables.DATABASE_SECRET_ARN,
      },
      redis: { host: "127.42.0.9", port: 65535, secretArn: variables.REDIS_SECRET_ARN },
      auditLogGroup: "audit-dev",
      userPool: { userPoolId: "eu-west-1_aB3", clientId: "client-1" },
      tokenVerification: "gateway",
      sessionLimits: { idle: 900, absolute: 43_200, requestsPerMinute: 300 },
      cacheSeconds: 0,
    });
  });

  it("is refused with everything that is wrong with it", () => {
    const wrong = {
      ENVIRONMENT: " ",
      DATABASE_HOST: "a b",
      DATABASE_PORT: "65536",
      DATABASE_NAME: "",
      REDIS_PORT: "0",
      REDIS_SECRET_ARN: "redis-auth-dev",
      USER_POOL_ID: "pool",
      TOKEN_VERIFICATION: "none",
      SESSION_IDLE_SECONDS: "-1",
      SESSION_ABSOLUTE_SECONDS: "12h",
    };
    expect(() => readRecordsEnvironment(wrong)).toThrow(
      new Error(
        [
          "The environment is not valid:",
          '- ENVIRONMENT is " "; allowed: any text',
          "- AUDIT_LOG_GROUP is missing; allowed: any text",
          '- DATABASE_HOST is "a b"; allowed: a host name or an IP address',
          '- DATABASE_PORT is "65536"; allowed: a port, 1 to 65535',
          "- DATABASE_NAME is missing; allowed: any text",
          "- DATABASE_SECRET_ARN is missing; allowed: an ARN",
          "- REDIS_HOST is missing; allowed: a host name or an IP address",
          '- REDIS_PORT is "0"; allowed: a port, 1 to 65535',
          '- REDIS_SECRET_ARN is "redis-auth-dev"; allowed: an ARN',
          `- USER_POOL_ID is "pool"; allowed: a user pool's id`,
          "- USER_POOL_CLIENT_ID is missing; allowed: any text",
          '- TOKEN_VERIFICATION is "none"; allowed: one of keys, gateway',
          '- SESSION_IDLE_SECONDS is "-1"; allowed: a whole number',
          '- SESSION_ABSOLUTE_SECONDS is "12h"; allowed: a whole number',
          "- SESSION_REQUESTS_PER_MINUTE is missing; allowed: a whole number",
          "- CACHE_SECONDS is missing; allowed: a whole number",
        ].join("\n"),
      ),
    );
  });
});

describe("the environment of the Redis rotation", () => {
  it("is read as a whole", () => {
    expect(
      readRotationEnvironment({ REPLICATION_GROUP_ID: "redis-dev", REDIS_HOST: "localhost", REDIS_PORT: "6379" }),
    ).toEqual({
      replicationGroupId: "redis-dev",
      redis: { host: "localhost", port: 6379 },
    });
  });

  it("is refused with everything that is wrong with it", () => {
    expect(() => readRotationEnvironment({ REDIS_PORT: "6379x" })).toThrow(
      new Error(
        [
          "The environment is not valid:",
          "- REPLICATION_GROUP_ID is missing; allowed: any text",
          "- REDIS_HOST is missing; allowed: a host name or an IP address",
          '- REDIS_PORT is "6379x"; allowed: a port, 1 to 65535',
        ].join("\n"),
      ),
    );
  });
});

describe("the environment of the database's rotation", () => {
  const { DATABASE_HOST, DATABASE_PORT, DATABASE_NAME, DATABASE_SECRET_ARN } = variables;

  it("is read as a whole", () => {
    expect(
      readDatabaseRotationEnvironment({ DATABASE_HOST, DATABASE_PORT, DATABASE_NAME, DATABASE_SECRET_ARN }),
    ).toEqual({
      database: { host: DATABASE_HOST, port: 5432, name: DATABASE_NAME },
      masterSecretArn: DATABASE_SECRET_ARN,
    });
  });

  it("is refused with everything that is wrong with it", () => {
    expect(() => readDatabaseRotationEnvironment({ DATABASE_HOST, DATABASE_PORT: "postgres" })).toThrow(
      new Error(
        [
          "The environment is not valid:",
          '- DATABASE_PORT is "postgres"; allowed: a port, 1 to 65535',
          "- DATABASE_NAME is missing; allowed: any text",
          "- DATABASE_SECRET_ARN is missing; allowed: an ARN",
        ].join("\n"),
      ),
    );
  });
});

describe("the environment of the migration", () => {
  const { DATABASE_HOST, DATABASE_PORT, DATABASE_NAME, DATABASE_SECRET_ARN } = variables;
  const SERVICE_SECRET_ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:records-database-dev";

  it("is read as a whole", () => {
    expect(readMigrationEnvironment({ DATABASE_PORT, DATABASE_NAME, SERVICE_SECRET_ARN })).toEqual({
      port: 5432,
      name: DATABASE_NAME,
      serviceSecretArn: SERVICE_SECRET_ARN,
    });
  });

  it("is completed by each invocation, but for the port", () => {
    expect(readMigrationInput({ DATABASE_HOST, DATABASE_SECRET_ARN, ...{ DATABASE_PORT: "443" } })).toEqual({
      host: DATABASE_HOST,
      masterSecretArn: DATABASE_SECRET_ARN,
    });
  });

  it("is refused with everything that is wrong with it", () => {
    expect(() => readMigrationInput({ DATABASE_HOST: "a b" })).toThrow(
      new Error(
        [
          "The environment is not valid:",
          '- DATABASE_HOST is "a b"; allowed: a host name or an IP address',
          "- DATABASE_SECRET_ARN is missing; allowed: an ARN",
        ].join("\n"),
      ),
    );
  });
});

describe("the environment of the operations", () => {
  it("is read as a whole", () => {
    expect(readOperationsEnvironment(variables)).toEqual({
      name: "dev",
      auditLogGroup: "audit-dev",
      database: {
        host: "rds-postgres-dev.example.com",
        port: 5432,
        name: "records",
        secretArn: variables.DATABASE_SECRET_ARN,
      },
      redis: { host: "127.42.0.9", port: 65535, secretArn: variables.REDIS_SECRET_ARN },
      sessionAbsoluteSeconds: 43_200,
    });
  });

  it("is refused with everything that is wrong with it", () => {
    const wrong = { ...variables, ENVIRONMENT: "", AUDIT_LOG_GROUP: undefined, SESSION_ABSOLUTE_SECONDS: "12h" };
    expect(() => readOperationsEnvironment(wrong)).toThrow(
      new Error(
        [
          "The environment is not valid:",
          "- ENVIRONMENT is missing; allowed: any text",
          "- AUDIT_LOG_GROUP is missing; allowed: any text",
          '- SESSION_ABSOLUTE_SECONDS is "12h"; allowed: a whole number',
        ].join("\n"),
      ),
    );
  });
});
