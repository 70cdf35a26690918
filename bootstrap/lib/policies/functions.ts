import { regionalArn } from "../../../lib/environment";
import { type Statement } from "../../../lib/iam";
import { resourceName, type FunctionType } from "../../../lib/naming";
import { namedArns, retagged, tagged, type Scope } from "./scope";

/** The functions that a deployment sets to work. */
const invoked: FunctionType[] = ["schema-migration", "database-rotation", "redis-rotation"];

/** Functions and the schedule of one. */
export function functionStatements(scope: Scope): Statement[] {
  return [
    {
      Sid: "Functions",
      Effect: "Allow",
      Action: [
        "lambda:AddPermission",
        "lambda:CreateFunction",
        "lambda:DeleteFunction",
        "lambda:DeleteFunctionConcurrency",
        "lambda:GetFunction",
        "lambda:GetFunctionCodeSigningConfig",
        "lambda:GetFunctionConfiguration",
        "lambda:GetPolicy",
        "lambda:ListTags",
        "lambda:ListVersionsByFunction",
        "lambda:PutFunctionConcurrency",
        "lambda:RemovePermission",
        "lambda:TagResource",
        "lambda:UntagResource",
        "lambda:UpdateFunctionCode",
        "lambda:UpdateFunctionConfiguration",
      ],
      Resource: namedArns(scope, "lambda", "function:", "Lambda function"),
    },
    {
      Sid: "MigrateAndLetRotate",
      Effect: "Allow",
      // Who lets Secrets Manager rotate by a function must be allowed to invoke it (Secrets Manager user guide, "Permissions for rotation").
      Action: "lambda:InvokeFunction",
      // The provider names the version that it invokes, Secrets Manager none.
      Resource: invoked
        .map((type) => regionalArn(scope, "lambda", `function:${resourceName(type, scope.environmentSuffix)}`))
        .flatMap((arn) => [arn, `${arn}:$LATEST`]),
    },
    {
      Sid: "Schedule",
      Effect: "Allow",
      Action: [
        "events:DeleteRule",
        "events:DescribeRule",
        "events:ListTagsForResource",
        "events:ListTargetsByRule",
        "events:PutRule",
        "events:PutTargets",
        "events:RemoveTargets",
        "events:TagResource",
        "events:UntagResource",
      ],
      Resource: namedArns(scope, "events", "rule/", "EventBridge rule"),
    },
  ];
}

/** The cluster and its one service, and how many tasks it runs. */
export function taskStatements(scope: Scope): Statement[] {
  const cluster = resourceName("ecs", scope.environmentSuffix);
  const analytics = resourceName("analytics", scope.environmentSuffix);
  const scalableTargets = regionalArn(scope, "application-autoscaling", "scalable-target/*");
  return [
    {
      Sid: "Tasks",
      Effect: "Allow",
      Action: [
        "ecs:CreateCluster",
        "ecs:CreateService",
        "ecs:DeleteCluster",
        "ecs:DeleteService",
        "ecs:DescribeClusters",
        "ecs:DescribeServices",
        "ecs:ListTagsForResource",
        "ecs:RegisterTaskDefinition",
        "ecs:TagResource",
        "ecs:UntagResource",
        "ecs:UpdateCluster",
        "ecs:UpdateClusterSettings",
        "ecs:UpdateService",
      ],
      Resource: [
        regionalArn(scope, "ecs", `cluster/${cluster}`),
        regionalArn(scope, "ecs", `service/${cluster}/${analytics}`),
        regionalArn(scope, "ecs", `task-definition/${analytics}:*`),
      ],
    },
    {
      Sid: "TaskDefinitions",
      Effect: "Allow",
      // ECS cannot narrow these two (Service authorization reference, "Amazon Elastic Container Service").
      Action: ["ecs:DeregisterTaskDefinition", "ecs:DescribeTaskDefinition"],
      Resource: "*",
    },
    {
      Sid: "ScaleNew",
      Effect: "Allow",
      Action: ["application-autoscaling:RegisterScalableTarget", "application-autoscaling:TagResource"],
      Resource: scalableTargets,
      Condition: tagged(scope),
    },
    {
      Sid: "ScaleOwn",
      Effect: "Allow",
      Action: [
        "application-autoscaling:DeleteScalingPolicy",
        "application-autoscaling:DeregisterScalableTarget",
        "application-autoscaling:ListTagsForResource",
        "application-autoscaling:PutScalingPolicy",
        "application-autoscaling:RegisterScalableTarget",
        "application-autoscaling:TagResource",
        "application-autoscaling:UntagResource",
      ],
      Resource: scalableTargets,
      Condition: retagged(scope),
    },
    ...alarmsOfScaling(scope),
    {
      Sid: "DescribeScaling",
      Effect: "Allow",
      // Cannot be narrowed (Service authorization reference, "AWS Application Auto Scaling").
      Action: ["application-autoscaling:DescribeScalableTargets", "application-autoscaling:DescribeScalingPolicies"],
      Resource: "*",
    },
  ];
}

/**
 * Application Auto Scaling makes sure, by calls that name no alarm, that its caller may do to alarms what it then does itself, by a role of its own (its user guide,
 * "Permissions validation for API calls on target resources").
 */
function alarmsOfScaling(scope: Scope): Statement[] {
  const Action = ["cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm"];
  return [
    // What CloudWatch makes of no name, as its refusals show. It is nobody's alarm.
    { Sid: "NamelessAlarm", Effect: "Allow", Action, Resource: regionalArn(scope, "cloudwatch", "alarm:") },
    {
      Sid: "AlarmsByScaling",
      Effect: "Allow",
      Action,
      // Should it be asked for everything instead: through a service only, never by the role itself (IAM user guide, "Forward access sessions").
      Resource: "*",
      Condition: { Bool: { "aws:ViaAWSService": "true" } },
    },
  ];
}
