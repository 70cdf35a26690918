import { regionalArn } from "../../../lib/environment";
import { type Statement } from "../../../lib/iam";
import { encryptedLogGroupArns } from "../../../lib/kms";
import { type Scope } from "./scope";

/** The log groups, and what delivers to them. */
export function logStatements(scope: Scope): Statement[] {
  return [
    {
      Sid: "LogGroups",
      Effect: "Allow",
      Action: [
        "logs:AssociateKmsKey",
        "logs:CreateLogGroup",
        "logs:DeleteLogGroup",
        "logs:DeleteRetentionPolicy",
        "logs:ListTagsForResource",
        "logs:PutRetentionPolicy",
        "logs:TagResource",
        "logs:UntagResource",
      ],
      Resource: logGroupArns(scope),
    },
    {
      Sid: "FindLogGroups",
      Effect: "Allow",
      Action: "logs:DescribeLogGroups",
      Resource: regionalArn(scope, "logs", "log-group:*"),
    },
    {
      Sid: "Deliveries",
      Effect: "Allow",
      // WAF, ElastiCache and flow logs set up their deliveries in the caller's name; Logs cannot narrow these (CloudWatch Logs user guide,
      // "Enable logging from AWS services").
      Action: [
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
      ],
      Resource: "*",
    },
  ];
}

/** As some operations name a log group, and as others do: with `:*`, for what is in it. */
export function logGroupArns(scope: Scope): string[] {
  return encryptedLogGroupArns(scope).flatMap((arn) => (arn.endsWith("*") ? [arn] : [arn, `${arn}:*`]));
}
