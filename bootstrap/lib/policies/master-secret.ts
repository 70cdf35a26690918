import { regionalArn } from "../../../lib/environment";
import { type Statement } from "../../../lib/iam";
import { resourceName } from "../../../lib/naming";
import { type Scope } from "./scope";

/**
 * The secret of the database's master, which RDS names, and tags with the instance that it is for (RDS user guide, "Password management with RDS and AWS
 * Secrets Manager").
 */
export function masterSecret(scope: Scope): Omit<Statement, "Action"> {
  const instance = regionalArn(scope, "rds", `db:${resourceName("rds-postgres", scope.environmentSuffix)}`);
  return {
    Sid: "MasterSecret",
    Effect: "Allow",
    Resource: regionalArn(scope, "secretsmanager", "secret:rds!db-*"),
    Condition: { ArnLike: { "aws:ResourceTag/aws:rds:primaryDBInstanceArn": instance } },
  };
}
