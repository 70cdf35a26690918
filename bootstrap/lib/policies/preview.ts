import { type Input } from "@pulumi/pulumi";
import { apiGatewayAccountRoleName } from "../../../lib/api-gateway-account";
import { type StatementArgs } from "../../../lib/iam";
import { iamArn, type Scope } from "./scope";
import { readStateStatements } from "./state";

/** What a preview of dev asks AWS: the state, and what the program wants to know before it begins. It changes nothing and takes no lock. */
export function previewStatements(scope: Scope, keyArn: Input<string>): StatementArgs[] {
  return [
    ...readStateStatements("dev", scope, keyArn),
    {
      Sid: "Zones",
      Effect: "Allow",
      // EC2 cannot narrow it (Service authorization reference, "Amazon EC2").
      Action: "ec2:DescribeAvailabilityZones",
      Resource: "*",
    },
    {
      Sid: "AccountRole",
      Effect: "Allow",
      Action: "iam:GetRole",
      Resource: iamArn(scope, `role/${apiGatewayAccountRoleName}`),
    },
  ];
}
