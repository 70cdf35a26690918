import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { bundle, type Bundle } from "./bundle";
import { allowPostgres, type DataStores } from "./data-stores";
import { type Environment } from "./environment";
import { type LogGroupsArgs } from "./log-groups";
import { readMasterLogin, writeSecrets } from "./secret-access";
import { createVpcFunction, type FunctionNetwork, type VpcFunction } from "./vpc-function";

export interface SchemaMigrationArgs {
  environment: Environment;
  network: FunctionNetwork;
  /** With the master's secret. */
  database: DataStores["database"] & {
    /** Changes when the instance is replaced by an empty one. */
    resourceId: pulumi.Input<string>;
  };
  /** The service's own login, which gets its first value here. */
  serviceSecret: {
    arn: pulumi.Input<string>;
    /** What must exist before it may have a value. */
    ready: pulumi.Resource[];
  };
  /** Key of the secrets. */
  secretsKeyArn: pulumi.Input<string>;
  /** For the function's log. */
  logs: LogGroupsArgs;
}

/** Seconds: the longest that a function may run (Lambda quotas). */
const timeout = 900;

/**
 * Brings the database's schema up to date as part of `pulumi up`, and gives the service its login there. A migration that fails fails the `up`, before anything
 * that needs it has changed. Runs again when the migrations, the database or the secret have changed; a destroy runs nothing.
 */
export class SchemaMigration extends pulumi.ComponentResource {
  /** Seconds after which Lambda ends the function. */
  readonly timeout = timeout;
  readonly functionName: pulumi.Output<string>;
  /** Exists once the schema is what the code beside it expects, and the service's secret has a value. */
  readonly done: pulumi.Resource;

  constructor(
    name: string,
    private readonly args: SchemaMigrationArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("tap:database:SchemaMigration", name, {}, opts);
    const code = bundle("service/migration/index.ts");

    const migration = this.createFunction(code);
    const rules = this.allowDatabase(migration);
    this.done = this.invoke(migration, code.sha256, rules);
    this.functionName = migration.function.name;

    this.registerOutputs({ functionName: this.functionName });
  }

  private createFunction(code: Bundle) {
    const { environment, network, database, serviceSecret, secretsKeyArn, logs } = this.args;
    return createVpcFunction(this, "schema-migration", {
      environment,
      network,
      type: "schema-migration",
      description: "Migration of the database's schema",
      code,
      after: [],
      memorySize: 256,
      timeout,
      reservedConcurrentExecutions: undefined,
      variables: {
        DATABASE_PORT: String(database.port),
        DATABASE_NAME: database.name,
        SERVICE_SECRET_ARN: serviceSecret.arn,
      },
      statements: [
        readMasterLogin(environment),
        {
          Sid: "GiveServiceCredentials",
          Effect: "Allow",
          Action: ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"],
          Resource: serviceSecret.arn,
        },
        ...writeSecrets(environment, secretsKeyArn),
      ],
      logs,
    });
  }

  private allowDatabase({ securityGroupId }: VpcFunction) {
    return allowPostgres(this, { name: "schema-migration", securityGroupId }, this.args.database);
  }

  private invoke(migration: VpcFunction, code: string, rules: pulumi.Resource[]) {
    const { database, serviceSecret } = this.args;
    return new aws.lambda.Invocation(
      "migrate",
      {
        functionName: migration.function.name,
        // What the function is not told before: it is made while the database, which takes minutes, is being made.
        input: pulumi.jsonStringify({ DATABASE_HOST: database.host, DATABASE_SECRET_ARN: database.secretArn }),
        triggers: { code, database: database.resourceId, serviceSecret: serviceSecret.arn },
      },
      { parent: this, dependsOn: [...migration.pathsToAws, ...rules, ...serviceSecret.ready] },
    );
  }
}
