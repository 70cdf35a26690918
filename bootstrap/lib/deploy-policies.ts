import { type Input } from "@pulumi/pulumi";
import { type StatementArgs } from "../../lib/iam";
import { boundaryName } from "./names";
import { apiStatements, userPoolStatements } from "./policies/api";
import { cacheStatements, databaseStatements, secretStatements } from "./policies/data-stores";
import { functionStatements, taskStatements } from "./policies/functions";
import { accountRoleStatements, policyStatements, roleStatements } from "./policies/identity";
import { keyStatements } from "./policies/keys";
import { logStatements } from "./policies/logs";
import { monitoringStatements, trailStatements } from "./policies/monitoring";
import { networkStatements } from "./policies/network";
import { iamArn, type Scope } from "./policies/scope";
import { stateStatements } from "./policies/state";
import { findStatements, removalStatements } from "./policies/sweep";
import { testStatements } from "./policies/tests";
import { stages, type Stage } from "./stages";

/** Policies by the end of their names; several, as IAM limits the length of one (IAM user guide, "IAM and AWS STS quotas"). */
export type Policies = Record<string, StatementArgs[]>;

/** All that deploying, testing and sweeping up a stage's environments takes. */
export function deployPolicies(stage: Stage, scope: Scope, stateKeyArn: Input<string>): Policies {
  const { tested, swept } = stages[stage];
  return {
    roles: roleStatements(scope, iamArn(scope, `policy/${boundaryName(stage)}`)),
    "policies-and-state": [
      ...policyStatements(scope),
      ...accountRoleStatements(scope),
      ...stateStatements(stage, scope, stateKeyArn),
    ],
    network: networkStatements(scope),
    "data-stores": [...databaseStatements(scope), ...cacheStatements(scope), ...secretStatements(scope)],
    compute: [...functionStatements(scope), ...taskStatements(scope)],
    api: [...apiStatements(scope), ...userPoolStatements(scope)],
    "keys-and-logs": [...keyStatements(scope), ...logStatements(scope)],
    monitoring: [...monitoringStatements(scope), ...trailStatements(scope)],
    ...(tested ? { tests: testStatements(scope), find: findStatements(scope) } : {}),
    ...(swept ? { find: [...findStatements(scope), ...removalStatements(scope)] } : {}),
  };
}
