import { regionalArn } from "../../../lib/environment";
import { type Statement } from "../../../lib/iam";
import { logGroupArns } from "./logs";
import { masterSecret } from "./master-secret";
import { iamArn, namedArns, owned, roleNames, type Scope } from "./scope";

/** What the integration suite reads, invokes and rotates beside what a deployment does. Not for an environment with patients' data: it reads every secret. */
export function testStatements(scope: Scope): Statement[] {
  const secrets = namedArns(scope, "secretsmanager", "secret:", "Secrets Manager secret", "-??????");
  return [
    {
      Sid: "Functions",
      Effect: "Allow",
      Action: ["lambda:GetFunctionConcurrency", "lambda:InvokeFunction"],
      Resource: namedArns(scope, "lambda", "function:", "Lambda function"),
    },
    { Sid: "SecretValues", Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: secrets },
    {
      ...masterSecret(scope),
      Action: ["secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy", "secretsmanager:GetSecretValue"],
    },
    { Sid: "Logs", Effect: "Allow", Action: "logs:FilterLogEvents", Resource: logGroupArns(scope) },
    {
      Sid: "UserPool",
      Effect: "Allow",
      Action: ["cognito-idp:ListResourceServers", "cognito-idp:ListUserPoolClients"],
      Resource: regionalArn(scope, "cognito-idp", "userpool/*"),
      Condition: owned(scope),
    },
    {
      Sid: "Policies",
      Effect: "Allow",
      Action: "iam:ListPolicyTags",
      Resource: roleNames(scope).map((name) => iamArn(scope, `policy/${name}`)),
    },
  ];
}
