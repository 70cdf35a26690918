import { regionalArn } from "../../../lib/environment";
import { type Statement } from "../../../lib/iam";
import { iamArn, namedArns, owned, roleNames, type Scope } from "./scope";

/** What `npm run sweep` asks of a whole account, to find what was left of an environment. */
const lists = [
  "cloudwatch:DescribeAlarms",
  "cloudwatch:ListDashboards",
  "cognito-idp:ListUserPools",
  "ec2:DescribeSnapshots",
  "ecs:ListClusters",
  "ecs:ListServices",
  "ecs:ListTaskDefinitions",
  "ecs:ListTasks",
  "events:ListRules",
  "iam:ListPolicies",
  "iam:ListRoles",
  "kms:ListKeys",
  "lambda:ListFunctions",
  "logs:DescribeQueryDefinitions",
  "secretsmanager:ListSecrets",
  "sns:ListTopics",
  "wafv2:ListWebACLs",
];

/** Of which it reads tags and states in the whole region, to learn whose each is. */
const looks = [
  "cloudwatch:ListTagsForResource",
  "cognito-idp:DescribeUserPool",
  "cognito-idp:ListTagsForResource",
  "ecs:DescribeClusters",
  "ecs:DescribeServices",
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
  "sns:ListTagsForResource",
  "wafv2:GetWebACL",
  "wafv2:ListResourcesForWebACL",
  "wafv2:ListTagsForResource",
];

/** Finds what destroyed environments left, and removes it where a deployment may not already. */
export function sweepStatements(scope: Scope): Statement[] {
  const { environmentSuffix, partition, region } = scope;
  const gateway = (path: string) => `arn:${partition}:apigateway:${region}::${path}`;
  return [
    // The lists concern no resource; whose something is, is told by what it says of itself (Service authorization reference).
    { Sid: "Find", Effect: "Allow", Action: [...lists, ...looks], Resource: "*" },
    {
      Sid: "FindApis",
      Effect: "Allow",
      Action: "apigateway:GET",
      Resource: ["/apikeys", "/restapis", "/usageplans", "/usageplans/*", "/tags/*"].map(gateway),
    },
    {
      Sid: "RemoveOwn",
      Effect: "Allow",
      Action: ["apigateway:DELETE", "ec2:DeleteNetworkAcl", "ec2:DeleteSnapshot", "ecs:StopTask"],
      Resource: [
        gateway("/apikeys/*"),
        regionalArn(scope, "ec2", "network-acl/*"),
        `arn:${partition}:ec2:${region}::snapshot/*`,
        regionalArn(scope, "ecs", `task/ecs-${environmentSuffix}/*`),
      ],
      Condition: owned(scope),
    },
    {
      Sid: "RemoveBackups",
      Effect: "Allow",
      Action: [
        "elasticache:DeleteCacheCluster",
        "elasticache:DeleteSnapshot",
        "rds:DeleteDBInstanceAutomatedBackup",
        "rds:DeleteDBSnapshot",
      ],
      Resource: [
        regionalArn(scope, "elasticache", `cluster:redis-${environmentSuffix}-*`),
        regionalArn(scope, "elasticache", `snapshot:*redis-${environmentSuffix}-*`),
        regionalArn(scope, "rds", `snapshot:*rds-postgres-${environmentSuffix}*`),
        regionalArn(scope, "rds", "auto-backup:*"),
        ...namedArns(scope, "rds", "db:", "RDS instance"),
      ],
    },
    {
      Sid: "RemovePoliciesInRoles",
      Effect: "Allow",
      Action: "iam:DeleteRolePolicy",
      Resource: roleNames(scope).map((name) => iamArn(scope, `role/${name}`)),
    },
  ];
}
