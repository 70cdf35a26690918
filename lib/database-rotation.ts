import * as pulumi from "@pulumi/pulumi";
import { bundle } from "./bundle";
import { allowPostgres, databaseVariables, type DataStores } from "./data-stores";
import { type Environment } from "./environment";
import { type LogGroupsArgs } from "./log-groups";
import { readMasterLogin, rotateSecret } from "./secret-access";
import { createSecretRotation } from "./secret-rotation";
import { createVpcFunction, type FunctionNetwork, type VpcFunction } from "./vpc-function";

export interface DatabaseRotationArgs {
  environment: Environment;
  network: FunctionNetwork;
  /** With the master's secret, who may set the service's passwords. */
  database: DataStores["database"];
  /** The secret that is rotated: the service's login. */
  secretArn: pulumi.Input<string>;
  /** Exists once the service's users are there and the secret has its first value. */
  schema: pulumi.Resource;
  /** Key of the secrets. */
  secretsKeyArn: pulumi.Input<string>;
  /** Days between rotations. */
  rotationDays: number;
  /** For the function's log. */
  logs: LogGroupsArgs;
}

/** Seconds; a step is one statement or one login. */
const timeout = 60;

/**
 * Rotates the records service's login in PostgreSQL on a schedule, between two users by turns, so that the one at work keeps its password
 * (45 CFR 164.312(d), FSBP SecretsManager.1 and .4). The master's is rotated by RDS.
 */
export class DatabaseRotation extends pulumi.ComponentResource {
  /** Seconds after which Lambda ends the function. */
  readonly timeout = timeout;
  readonly functionName: pulumi.Output<string>;

  constructor(
    name: string,
    private readonly args: DatabaseRotationArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("tap:database:DatabaseRotation", name, {}, opts);

    const rotation = this.createFunction();
    const rules = allowPostgres(this, { name: "database-rotation", ...rotation }, args.database);
    this.createSchedule(rotation, rules);
    this.functionName = rotation.function.name;

    this.registerOutputs({ functionName: this.functionName });
  }

  private createFunction() {
    const { environment, network, database, secretArn, schema, secretsKeyArn, logs } = this.args;
    return createVpcFunction(this, "database-rotation", {
      environment,
      network,
      type: "database-rotation",
      description: "Rotation of the records service's login in PostgreSQL",
      code: bundle("service/database-rotation/index.ts"),
      after: [schema],
      memorySize: 256,
      timeout,
      reservedConcurrentExecutions: undefined,
      variables: databaseVariables(database),
      statements: [readMasterLogin(environment), ...rotateSecret(environment, secretArn, secretsKeyArn)],
      logs,
    });
  }

  private createSchedule(rotation: VpcFunction, rules: pulumi.Resource[]) {
    const { environment, secretArn, rotationDays } = this.args;
    createSecretRotation(this, "records-database", { environment, rotation, secretArn, after: rules, rotationDays });
  }
}
