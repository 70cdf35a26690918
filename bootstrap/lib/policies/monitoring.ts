import { regionalArn } from "../../../lib/environment";
import { type Statement } from "../../../lib/iam";
import { globalName } from "../../../lib/naming";
import { logGroupArns } from "./logs";
import { namedArns, namesOf, type Scope } from "./scope";

/** Alarms, the dashboard, and the topic by which somebody is paged. */
export function monitoringStatements(scope: Scope): Statement[] {
  const { accountId, environmentSuffix, partition } = scope;
  const topics = namedArns(scope, "sns", "", "SNS topic");
  return [
    {
      Sid: "Alarms",
      Effect: "Allow",
      Action: [
        "cloudwatch:DeleteAlarms",
        "cloudwatch:ListTagsForResource",
        "cloudwatch:PutMetricAlarm",
        "cloudwatch:TagResource",
        "cloudwatch:UntagResource",
      ],
      // They are too many to be named one by one in a policy.
      Resource: regionalArn(scope, "cloudwatch", `alarm:*-${environmentSuffix}`),
    },
    {
      Sid: "CompositeAlarms",
      Effect: "Allow",
      // For composite alarms CloudWatch takes no narrower permission (CloudWatch API reference, "DescribeAlarms", "PutCompositeAlarm").
      Action: ["cloudwatch:DescribeAlarms", "cloudwatch:PutCompositeAlarm"],
      Resource: "*",
    },
    {
      Sid: "Dashboard",
      Effect: "Allow",
      Action: ["cloudwatch:DeleteDashboards", "cloudwatch:GetDashboard", "cloudwatch:PutDashboard"],
      Resource: namesOf(scope, "CloudWatch dashboard").map(
        (name) => `arn:${partition}:cloudwatch::${accountId}:dashboard/${name}`,
      ),
    },
    {
      Sid: "Pages",
      Effect: "Allow",
      Action: [
        "sns:CreateTopic",
        "sns:DeleteTopic",
        "sns:GetSubscriptionAttributes",
        "sns:GetTopicAttributes",
        "sns:ListTagsForResource",
        "sns:SetSubscriptionAttributes",
        "sns:SetTopicAttributes",
        "sns:Subscribe",
        "sns:TagResource",
        "sns:Unsubscribe",
        "sns:UntagResource",
      ],
      // A subscription's ARN is its topic's with an identifier.
      Resource: topics.flatMap((arn) => [arn, `${arn}:*`]),
    },
    {
      Sid: "MetricsOfLogs",
      Effect: "Allow",
      Action: ["logs:DeleteMetricFilter", "logs:DescribeMetricFilters", "logs:PutMetricFilter"],
      Resource: ["api-access", "cloudtrail"].flatMap((type) =>
        logGroupArns(scope).filter((arn) => arn.includes(`:log-group:${type}-`)),
      ),
    },
    {
      Sid: "SavedQueries",
      Effect: "Allow",
      // Logs cannot narrow them (Service authorization reference, "Amazon CloudWatch Logs").
      Action: ["logs:DeleteQueryDefinition", "logs:DescribeQueryDefinitions", "logs:PutQueryDefinition"],
      Resource: "*",
    },
  ];
}

/** The trail of the calls of AWS's APIs and the bucket that keeps it, where they are configured. */
export function trailStatements(scope: Scope): Statement[] {
  const bucket = `arn:${scope.partition}:s3:::${globalName("audit-trail", scope)}`;
  return [
    {
      Sid: "Trail",
      Effect: "Allow",
      Action: [
        "cloudtrail:AddTags",
        "cloudtrail:CreateTrail",
        "cloudtrail:DeleteTrail",
        "cloudtrail:GetEventSelectors",
        "cloudtrail:GetInsightSelectors",
        "cloudtrail:GetTrail",
        "cloudtrail:GetTrailStatus",
        "cloudtrail:ListTags",
        "cloudtrail:PutEventSelectors",
        "cloudtrail:RemoveTags",
        "cloudtrail:StartLogging",
        "cloudtrail:StopLogging",
        "cloudtrail:UpdateTrail",
      ],
      Resource: namedArns(scope, "cloudtrail", "trail/", "CloudTrail trail"),
    },
    // CloudTrail cannot narrow it (Service authorization reference, "AWS CloudTrail").
    { Sid: "DescribeTrails", Effect: "Allow", Action: "cloudtrail:DescribeTrails", Resource: "*" },
    {
      Sid: "BucketOfTrail",
      Effect: "Allow",
      // All that the provider reads of a bucket, whatever of it is set.
      Action: [
        "s3:CreateBucket",
        "s3:DeleteBucket",
        "s3:DeleteBucketPolicy",
        "s3:GetAccelerateConfiguration",
        "s3:GetBucketAcl",
        "s3:GetBucketCORS",
        "s3:GetBucketLocation",
        "s3:GetBucketLogging",
        "s3:GetBucketObjectLockConfiguration",
        "s3:GetBucketOwnershipControls",
        "s3:GetBucketPolicy",
        "s3:GetBucketPublicAccessBlock",
        "s3:GetBucketRequestPayment",
        "s3:GetBucketTagging",
        "s3:GetBucketVersioning",
        "s3:GetBucketWebsite",
        "s3:GetEncryptionConfiguration",
        "s3:GetLifecycleConfiguration",
        "s3:GetReplicationConfiguration",
        "s3:ListBucket",
        "s3:ListBucketVersions",
        "s3:ListTagsForResource",
        "s3:PutBucketOwnershipControls",
        "s3:PutBucketPolicy",
        "s3:PutBucketPublicAccessBlock",
        "s3:PutBucketTagging",
        "s3:PutBucketVersioning",
        "s3:PutEncryptionConfiguration",
        "s3:PutLifecycleConfiguration",
        "s3:TagResource",
        "s3:UntagResource",
      ],
      Resource: bucket,
    },
    {
      Sid: "EmptyBucketOfTrail",
      Effect: "Allow",
      Action: ["s3:DeleteObject", "s3:DeleteObjectVersion"],
      Resource: `${bucket}/*`,
    },
  ];
}
