import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { Client, type QueryResultRow } from "pg";
import { Database, type DatabaseCredentials, parseDatabaseCredentials } from "../../../service/postgres";
import { Secret, secretText } from "../../../service/secret";
import { CertificateAuthority, type CertificateFiles } from "../../../tools/servers/certificates";
import { PostgresServer } from "../../../tools/servers/postgres-server";
import { AwsStandIn } from "./aws-stand-in";
import { FunctionProcess } from "./function-process";
import { trust } from "./trust";

export const secretArn = (name: string) => `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${name}`;

const master = { username: "platform", password: "master password of the test" };

/** A PostgreSQL as RDS gives it: its master owns the database and may create roles, and is no superuser. */
export class RecordsDatabase {
  readonly masterSecretArn = secretArn("master");
  readonly serviceSecretArn = secretArn("records-database");

  /** Secrets Manager, as functions reach it. */
  readonly secretsClient: SecretsManagerClient;

  private constructor(
    readonly folder: string,
    readonly aws: AwsStandIn,
    readonly postgres: PostgresServer,
    readonly authority: CertificateAuthority,
    readonly certificate: CertificateFiles,
  ) {
    this.secretsClient = new SecretsManagerClient({
      region: "eu-west-1",
      endpoint: aws.endpoint,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
  }

  /** @param applyTokens gives a Redis the tokens that it has by AWS */
  static async start(applyTokens: (tokens: string[]) => Promise<void> = () => Promise.resolve()) {
    const folder = mkdtempSync(path.join(tmpdir(), "records-"));
    const authority = new CertificateAuthority(path.join(folder, "authority"));
    trust(authority.certificate);
    const aws = await AwsStandIn.start(applyTokens);
    // PostgreSQL's own user must reach its folder.
    const postgresFolder = mkdtempSync(path.join(tmpdir(), "postgres-"));
    const certificate = authority.issue("server", "DNS:localhost");
    const postgres = await PostgresServer.start(postgresFolder, certificate);
    await postgres.administer(
      `CREATE ROLE ${master.username} LOGIN CREATEROLE CREATEDB PASSWORD '${master.password}'`,
      `CREATE DATABASE records OWNER ${master.username}`,
    );
    const database = new RecordsDatabase(folder, aws, postgres, authority, certificate);
    aws.putSecret(database.masterSecretArn, JSON.stringify(master));
    aws.putEmptySecret(database.serviceSecretArn);
    return database;
  }

  async stop(): Promise<void> {
    await Promise.all([this.aws.stop(), this.postgres.process.stop()]);
    rmSync(this.folder, { recursive: true });
    rmSync(this.postgres.folder, { recursive: true });
  }

  /** What a deployment tells the migration. */
  get migrationInput() {
    return { DATABASE_HOST: "localhost", DATABASE_SECRET_ARN: this.masterSecretArn };
  }

  /** A container of the migration's function. */
  startMigration(name: string): Promise<FunctionProcess> {
    return this.startFunction("service/migration/index.ts", name, {
      SERVICE_SECRET_ARN: this.serviceSecretArn,
    });
  }

  /** A container of a function that uses the database. */
  startFunction(entryPoint: string, name: string, environment: Record<string, string>): Promise<FunctionProcess> {
    return FunctionProcess.start(entryPoint, path.join(this.folder, name), this.authority.certificate, {
      AWS_ENDPOINT_URL: this.aws.endpoint,
      AWS_MAX_ATTEMPTS: "1",
      DATABASE_HOST: "localhost",
      DATABASE_PORT: String(this.postgres.port),
      DATABASE_NAME: "records",
      ...environment,
    });
  }

  async migrate(): Promise<unknown> {
    const migration = await this.startMigration("migration");
    try {
      return await migration.invoke(this.migrationInput);
    } finally {
      await migration.stop();
    }
  }

  /** The database as the service sees it. */
  asService(): Database {
    return new Database({ host: "localhost", port: this.postgres.port, name: "records" }, this.serviceSecret());
  }

  /** The service's login as a container of it reads it. */
  serviceSecret(): Secret<DatabaseCredentials> {
    return new Secret(secretText(this.secretsClient, this.serviceSecretArn), parseDatabaseCredentials);
  }

  serviceCredentials(stage = "AWSCURRENT"): DatabaseCredentials {
    return parseDatabaseCredentials(this.aws.versionWith(this.serviceSecretArn, stage).value ?? "");
  }

  /** Runs statements as a user of the database, by default as its superuser. */
  async run<Row extends QueryResultRow>(statement: string, credentials?: DatabaseCredentials): Promise<Row[]> {
    const client = new Client(
      credentials
        ? {
            host: "localhost",
            port: this.postgres.port,
            database: "records",
            user: credentials.username,
            password: credentials.password,
            ssl: true,
          }
        : { host: this.postgres.folder, port: this.postgres.port, user: "admin", database: "records" },
    );
    await client.connect();
    try {
      return (await client.query<Row>(statement)).rows;
    } finally {
      await client.end();
    }
  }
}
