import { regionalArn } from "../../../lib/environment";
import { type Statement } from "../../../lib/iam";
import { gatewayArn, iamArn, owned, roleNames, type Scope } from "./scope";

/** What is asked of a whole account, to find what belongs to an environment. */
const lists = [
  "cloudtrail:ListTrails",
  "cloudwatch:DescribeAlarms",
  "cloudwatch:ListDashboards",
  "cognito-idp:ListUserPools",
  "ecs:ListClusters",
  "ecs:ListServices",
  "ecs:ListTaskDefinitions",
  "events:ListRules",
  "iam:ListPolicies",
  "iam:ListRoles",
  "kms:ListKeys",
  "lambda:ListFunctions",
  "logs:DescribeQueryDefinitions",
  "s3:ListAllMyBuckets",
  "secretsmanager:ListSecrets",
  "sns:ListTopics",
  "wafv2:ListWebACLs",
];

/** What is read of each in the region, to learn whose it is. */
const looks = [
  "application-autoscaling:ListTagsForResource",
  "cloudtrail:ListTags",
  "cloudwatch:ListTagsForResource",
  "cognito-idp:DescribeUserPool",
  "cognito-idp:ListTagsForResource",
  "ecs:DescribeClusters",
  "ecs:DescribeServices",
  "ecs:ListTasks",
  "elasticache:DescribeCacheClusters",
  "elasticache:DescribeCacheParameterGroups",
  "elasticache:DescribeCacheSubnetGroups",
  "elasticache:DescribeReplicationGroups",
  "elasticache:DescribeSnapshots",
  "elasticache:ListTagsForResource",
  "events:ListTagsForResource",
  "events:ListTargetsByRule",
  "iam:GetPolicy",
  "iam:ListEntitiesForPolicy",
  "iam:ListPolicyTags",
  "iam:ListRoleTags",
  "kms:DescribeKey",
  "kms:ListResourceTags",
  "lambda:ListTags",
  "logs:ListTagsForResource",
  "rds:DescribeDBInstanceAutomatedBackups",
  "rds:DescribeDBParameterGroups",
  "rds:DescribeDBSnapshots",
  "rds:DescribeDBSubnetGroups",
  "rds:ListTagsForResource",
  "s3:GetBucketTagging",
  "sns:GetTopicAttributes",
  "sns:ListTagsForResource",
  "wafv2:GetWebACL",
  "wafv2:ListResourcesForWebACL",
  "wafv2:ListTagsForResource",
];

const lookedAt = [
  ["application-autoscaling", "scalable-target/*"],
  ["cloudtrail", "trail/*"],
  ["cloudwatch", "alarm:*"],
  ["cognito-idp", "userpool/*"],
  ["ecs", "*"],
  ["elasticache", "*"],
  ["events", "rule/*"],
  ["kms", "key/*"],
  ["lambda", "function:*"],
  ["logs", "log-group:*"],
  ["rds", "*"],
  ["sns", "*"],
  ["wafv2", "regional/webacl/*"],
] as const;

/** Finds everything of an environment, as the integration suite and the search for leftovers do. */
export function findStatements(scope: Scope): Statement[] {
  const paths = ["/apikeys", "/restapis", "/usageplans", "/usageplans/*", "/tags/*"];
  return [
    // They concern no resource (Service authorization reference), or with composite alarms all (CloudWatch API reference, "DescribeAlarms").
    { Sid: "List", Effect: "Allow", Action: lists, Resource: "*" },
    {
      Sid: "Look",
      Effect: "Allow",
      Action: looks,
      // Anybody's: whose something is, is told by what it says of itself.
      Resource: [
        ...lookedAt.map(([service, resource]) => regionalArn(scope, service, resource)),
        iamArn(scope, "policy/*"),
        iamArn(scope, "role/*"),
        `arn:${scope.partition}:s3:::*`,
      ],
    },
    {
      Sid: "FindApis",
      Effect: "Allow",
      Action: "apigateway:GET",
      Resource: paths.map((path) => gatewayArn(scope, path)),
    },
  ];
}

/** Removes what `npm run sweep` finds, where a deployment may not already. */
export function removalStatements(scope: Scope): Statement[] {
  const { environmentSuffix } = scope;
  return [
    {
      Sid: "RemoveOwn",
      Effect: "Allow",
      Action: ["apigateway:DELETE", "ec2:DeleteNetworkAcl", "ecs:StopTask"],
      Resource: [
        gatewayArn(scope, "/apikeys/*"),
        regionalArn(scope, "ec2", "network-acl/*"),
        regionalArn(scope, "ecs", `task/ecs-${environmentSuffix}/*`),
      ],
      Condition: owned(scope),
    },
    {
      Sid: "RemoveOfGuardDuty",
      Effect: "Allow",
      Action: [
        "ec2:DeleteSecurityGroup",
        "ec2:DeleteVpcEndpoints",
        "ec2:RevokeSecurityGroupEgress",
        "ec2:RevokeSecurityGroupIngress",
      ],
      // Its Runtime Monitoring puts them into VPCs, with no other tag; EC2 knows no condition on whose VPC it is (Service authorization reference).
      Resource: ["security-group/*", "vpc-endpoint/*"].map((resource) => regionalArn(scope, "ec2", resource)),
      Condition: { StringEquals: { "aws:ResourceTag/GuardDutyManaged": "true" } },
    },
    {
      Sid: "RemoveBackups",
      Effect: "Allow",
      Action: ["elasticache:DeleteCacheCluster", "elasticache:DeleteSnapshot", "rds:DeleteDBSnapshot"],
      Resource: [
        regionalArn(scope, "elasticache", `cluster:redis-${environmentSuffix}-*`),
        regionalArn(scope, "elasticache", `snapshot:*redis-${environmentSuffix}-*`),
        regionalArn(scope, "rds", `snapshot:*rds-postgres-${environmentSuffix}*`),
      ],
    },
    {
      Sid: "RemoveAutomatedBackups",
      Effect: "Allow",
      Action: "rds:DeleteDBInstanceAutomatedBackup",
      // RDS chooses their identifiers, and gives them their instance's tags or none.
      Resource: regionalArn(scope, "rds", "auto-backup:*"),
      Condition: { StringLikeIfExists: { "aws:ResourceTag/Environment": environmentSuffix } },
    },
    {
      Sid: "RemovePoliciesInRoles",
      Effect: "Allow",
      Action: "iam:DeleteRolePolicy",
      Resource: roleNames(scope).map((name) => iamArn(scope, `role/${name}`)),
    },
  ];
}
