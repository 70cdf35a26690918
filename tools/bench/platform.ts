import { join } from "node:path";
import { startDataStores } from "../serve/data-stores";
import { TokenIssuer } from "../token-issuer";
import type { Received } from "./aws";
import { Program } from "./program";
import type { Ports, Usage } from "./records-server";
import { StatementCounter } from "./statement-counter";

export interface RecordsServer {
  ports: Ports;
  program: Program<Usage>;
}

const secretArn = (name: string) => `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${name}`;

/** Everything that the records service works with, for real or, of AWS, as far as it needs it; each in a process of its own. */
export class Platform {
  private readonly servers: Program<Usage>[] = [];

  private constructor(
    readonly folder: string,
    readonly issuer: TokenIssuer,
    readonly statements: StatementCounter,
    /** Of the service's functions. */
    readonly environment: Record<string, string>,
    private readonly aws: Program<Received>,
    private readonly stopStores: () => Promise<void>,
  ) {}

  static async start(folder: string): Promise<Platform> {
    const stores = await startDataStores(join(folder, "stores"));
    const statements = await StatementCounter.install(stores.postgres);
    const issuer = new TokenIssuer();
    const { DATABASE_CREDENTIALS, REDIS_TOKEN, ...environment } = stores.environment;
    const secrets = { [secretArn("database")]: DATABASE_CREDENTIALS, [secretArn("redis")]: REDIS_TOKEN };
    const aws = await Program.start<number, Received>("tools/bench/aws.ts", join(folder, "aws"), {
      KEY_SET: JSON.stringify(issuer.keySet),
      SECRETS: JSON.stringify(secrets),
    });
    const variables = {
      ...environment,
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_ENDPOINT_URL: `http://127.0.0.1:${aws.ready}`,
      ENVIRONMENT: "bench",
      AUDIT_LOG_GROUP: "audit-bench",
      DATABASE_HOST: "localhost",
      DATABASE_SECRET_ARN: secretArn("database"),
      REDIS_HOST: "localhost",
      REDIS_SECRET_ARN: secretArn("redis"),
      USER_POOL_ID: issuer.userPoolId,
      USER_POOL_CLIENT_ID: issuer.clientId,
      TOKEN_VERIFICATION: "keys",
      SESSION_IDLE_SECONDS: "900",
      SESSION_ABSOLUTE_SECONDS: "43200",
      SESSION_REQUESTS_PER_MINUTE: "100000000",
      CACHE_SECONDS: "300",
    };
    return new Platform(folder, issuer, statements, variables, aws.program, stores.stop);
  }

  /** A process that serves the records API. */
  async serveRecords(name: string, environment: Record<string, string> = {}): Promise<RecordsServer> {
    const folder = join(this.folder, name);
    const { program, ready } = await Program.start<Ports, Usage>("tools/bench/records-server.ts", folder, {
      ...this.environment,
      ...environment,
    });
    this.servers.push(program);
    return { program, ports: ready };
  }

  /** Lines that have reached the audit log so far. */
  async auditLines(): Promise<number> {
    return (await this.aws.ask()).lines;
  }

  async stop(): Promise<void> {
    await this.statements.close();
    await Promise.all([...this.servers, this.aws].map((program) => program.stop()));
    await this.stopStores();
  }
}
