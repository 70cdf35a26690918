import { settings } from "../../lib/config";
import { bucketQuestions } from "./buckets";

/** What somebody asked of the local AWS, as `tools/moto/operations.py` notes it. */
export interface Operation {
  caller: "provider" | "client" | "sweep" | "function" | "other";
  service: string;
  /** As the service's API calls it. */
  operation: string;
  /** Method and path. */
  request: string;
  /** Those that say what it is about. */
  parameters: Parameters;
}

export type Parameters = Record<string, unknown>;

/** One question that IAM is asked for an operation: whether an action is allowed on a resource, and what else it is told. */
export interface Authorization {
  action: string;
  resource: string;
  /** Condition keys and their values. `Environment` tags stand here as `made` (in the request) and `owned` (on the resource). */
  context: string[];
}

const account = "123456789012";
const region = settings.region.default;

/** ARN in the local AWS. */
export const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
const iam = (resource: string) => `arn:aws:iam::${account}:${resource}`;

/**
 * All that IAM is asked for an operation (Service authorization reference). For services that it does not know it asks for the operation on every resource, which
 * no policy should allow.
 */
export function authorizationsOf({ service, operation, request, parameters }: Operation): Authorization[] {
  const questions = subjectsOf[service]?.(operation, parameters, request) ?? [["*"]];
  const tagging = tagActions[service];
  const hasTags = Object.keys(parameters).some((name) => /^(Tags|tags|TagsList|UserPoolTags)$/.test(name));
  const [main] = questions;
  const all =
    hasTags && tagging && main && operation !== tagging.split(":")[1]
      ? [...questions, tagsOf(tagging, main)]
      : questions;
  return all.map(([resource, ...rest]) => {
    const [context, action = `${service}:${operation}`] = split(rest);
    return { action, resource, context };
  });
}

/** A resource, then what IAM is told of it, and `action:` with another action than the operation's own. */
export type Question = [resource: string, ...facts: string[]];

const tagsOf = (action: string, [resource, ...facts]: Question): Question => [
  resource === "*" ? arn(action.split(":")[0] ?? "", unnamed[action] ?? "*") : resource,
  ...facts.filter((fact) => !fact.startsWith("action:")),
  `action:${action}`,
];

function split(facts: string[]): [string[], string | undefined] {
  return [
    facts.filter((fact) => !fact.startsWith("action:")),
    facts.find((fact) => fact.startsWith("action:"))?.slice(7),
  ];
}

/** What permits tags on what is being made. */
const tagActions: Record<string, string> = {
  "application-autoscaling": "application-autoscaling:TagResource",
  cloudtrail: "cloudtrail:AddTags",
  cloudwatch: "cloudwatch:TagResource",
  "cognito-idp": "cognito-idp:TagResource",
  ecs: "ecs:TagResource",
  elasticache: "elasticache:AddTagsToResource",
  events: "events:TagResource",
  kms: "kms:TagResource",
  lambda: "lambda:TagResource",
  logs: "logs:TagResource",
  rds: "rds:AddTagsToResource",
  secretsmanager: "secretsmanager:TagResource",
  sns: "sns:TagResource",
  wafv2: "wafv2:TagResource",
};

/** What is being made where the operation itself concerns no resource yet. */
const unnamed: Record<string, string> = {
  "cognito-idp:TagResource": "userpool/ID",
  "kms:TagResource": "key/ID",
};

const text = (value: unknown) => (typeof value === "string" ? value : undefined);
const texts = (value: unknown) => (Array.isArray(value) ? value.filter((item) => typeof item === "string") : []);
/** Whether tags, in whatever form a service takes them, have the one that says whose it is. */
const hasEnvironment = (tags: unknown) => JSON.stringify({ tags }).includes('"Environment"');
const lastPart = (path: string | undefined) => path?.split("/").at(-1);

const pass = (role: unknown, service: string): Question[] =>
  typeof role === "string" ? [[role, `iam:PassedToService=${service}.amazonaws.com`, "action:iam:PassRole"]] : [];

/** Kinds of EC2's resources by the beginning of their identifiers. */
const kinds: Record<string, string> = {
  eipalloc: "elastic-ip",
  eni: "network-interface",
  fl: "vpc-flow-log",
  igw: "internet-gateway",
  nat: "natgateway",
  rtb: "route-table",
  sg: "security-group",
  sgr: "security-group-rule",
  subnet: "subnet",
  vpc: "vpc",
  vpce: "vpc-endpoint",
};

const kindOf = (id: string) => kinds[id.split("-")[0] ?? ""];
const ec2 = (kind: string) => arn("ec2", `${kind}/ID`);

/** What is described where nothing is named: everything of its kind. */
const kindsDescribed: Record<string, string> = {
  DescribeCacheClusters: arn("elasticache", "cluster:*"),
  DescribeCacheParameterGroups: arn("elasticache", "parametergroup:*"),
  DescribeCacheSubnetGroups: arn("elasticache", "subnetgroup:*"),
  DescribeReplicationGroups: arn("elasticache", "replicationgroup:*"),
  DescribeSnapshots: arn("elasticache", "snapshot:*"),
  DescribeDBInstanceAutomatedBackups: arn("rds", "auto-backup:*"),
  DescribeDBInstances: arn("rds", "db:*"),
  DescribeDBParameterGroups: arn("rds", "pg:*"),
  DescribeDBSnapshots: arn("rds", "snapshot:*"),
  DescribeDBSubnetGroups: arn("rds", "subgrp:*"),
};

const described = (operation: string): Question[] => [[kindsDescribed[operation] ?? "*"]];

type Subjects = (operation: string, parameters: Parameters, request: string) => Question[];

const subjectsOf: Record<string, Subjects> = {
  // Anybody may ask who he is.
  sts: () => [],
  ec2: (operation, parameters) => {
    if (operation.startsWith("Describe") && operation !== "DescribeVpcAttribute") return [["*"]];
    if (operation === "CreateTags" || operation === "DeleteTags") {
      const fact = hasEnvironment(parameters.Tags) ? "made" : "owned";
      return texts(parameters.Resources).map((id) => [ec2(kindOf(id) ?? id), fact]);
    }
    const specifications = (parameters.TagSpecifications ?? []) as { ResourceType: string }[];
    const made = specifications.flatMap(({ ResourceType }): Question[] => [
      [ec2(ResourceType), "made"],
      [ec2(ResourceType), "made", `ec2:CreateAction=${operation}`, "action:ec2:CreateTags"],
    ]);
    const ids = Object.values(parameters).flatMap((value) => [
      ...(text(value) ? [text(value) ?? ""] : []),
      ...texts(value),
    ]);
    // Of a route its table counts, not where it leads.
    const involved = operation.endsWith("Route") ? ids.filter((id) => id.startsWith("rtb-")) : ids;
    const owned = [...new Set(involved.map(kindOf))].flatMap((kind): Question[] =>
      kind ? [[ec2(kind), "owned"]] : [],
    );
    const association: Question[] =
      operation === "DisassociateRouteTable"
        ? [
            [ec2("route-table"), "owned"],
            [ec2("subnet"), "owned"],
          ]
        : [];
    return [...made, ...owned, ...association, ...pass(parameters.DeliverLogsPermissionArn, "vpc-flow-logs")];
  },
  iam: (operation, parameters) => {
    const { RoleName, PolicyName, PolicyArn } = parameters;
    const tags = (resource: string, action: string): Question[] =>
      parameters.Tags ? [[resource, `action:${action}`]] : [];
    if (typeof RoleName === "string") {
      const role = iam(`role/${RoleName}`);
      const limited =
        /^(Create|Attach|Detach)/.test(operation) && RoleName !== "api-gateway-cloudwatch-logs" ? ["limited"] : [];
      const policy = typeof PolicyArn === "string" ? [`iam:PolicyARN=${PolicyArn}`] : [];
      return [[role, ...limited, ...policy], ...tags(role, "iam:TagRole")];
    }
    if (typeof PolicyName === "string")
      return [[iam(`policy/${PolicyName}`)], ...tags(iam(`policy/${PolicyName}`), "iam:TagPolicy")];
    return [[text(PolicyArn) ?? "*"]];
  },
  kms: (operation, { AliasName, KeyId, TargetKeyId }) => {
    const key: Question = [arn("kms", "key/ID"), "owned"];
    if (operation === "CreateKey") return [["*", "made"]];
    if (typeof AliasName === "string")
      return [[arn("kms", AliasName)], ...(TargetKeyId || operation.startsWith("Delete") ? [key] : [])];
    return KeyId ? [key] : [["*"]];
  },
  "cognito-idp": (operation, { ResourceArn, UserPoolId }) => {
    if (operation === "CreateUserPool") return [["*", "made"]];
    return UserPoolId || ResourceArn ? [[arn("cognito-idp", "userpool/ID"), "owned"]] : [["*"]];
  },
  lambda: (operation, { FunctionName, Qualifier, Resource, Role }) => {
    if (typeof Resource === "string") return [[Resource]];
    if (typeof FunctionName !== "string") return [["*"]];
    const whole = FunctionName.startsWith("arn:") ? FunctionName : arn("lambda", `function:${FunctionName}`);
    const resource = typeof Qualifier === "string" ? `${whole}:${Qualifier}` : whole;
    const action = operation === "Invoke" ? ["action:lambda:InvokeFunction"] : [];
    return [[resource, ...action], ...(operation === "CreateFunction" ? pass(Role, "lambda") : [])];
  },
  logs: (operation, { logGroupName, resourceArn }) => {
    if (typeof resourceArn === "string") return [[resourceArn]];
    if (operation === "DescribeLogGroups") return [[arn("logs", "log-group:*")]];
    if (typeof logGroupName !== "string") return [["*"]];
    return [[arn("logs", `log-group:${logGroupName}${operation === "FilterLogEvents" ? ":*" : ""}`)]];
  },
  events: (_operation, { Name, Rule, ResourceARN }) => {
    const rule = text(Name) ?? text(Rule);
    return [[text(ResourceARN) ?? (rule === undefined ? "*" : arn("events", `rule/${rule}`))]];
  },
  ecs: (
    operation,
    {
      cluster,
      clusterName,
      clusters,
      family,
      resourceArn,
      service,
      services,
      serviceName,
      taskRoleArn,
      executionRoleArn,
    },
  ) => {
    if (typeof resourceArn === "string") return [[resourceArn]];
    if (operation.endsWith("TaskDefinition") && operation !== "RegisterTaskDefinition") return [["*"]];
    if (typeof family === "string")
      return [
        [arn("ecs", `task-definition/${family}:1`)],
        ...pass(taskRoleArn, "ecs-tasks"),
        ...pass(executionRoleArn, "ecs-tasks"),
      ];
    const name = lastPart(text(clusterName) ?? text(cluster) ?? texts(clusters)[0]);
    const member = lastPart(text(serviceName) ?? text(service) ?? texts(services)[0]);
    if (operation === "ListTasks") return [[arn("ecs", `container-instance/${name ?? ""}/ID`)]];
    if (operation.startsWith("List") || name === undefined) return [["*"]];
    return [[arn("ecs", member ? `service/${name}/${member}` : `cluster/${name}`)]];
  },
  "application-autoscaling": (operation, { Tags }) => {
    const [target, made, owned] = [arn("application-autoscaling", "scalable-target/ID"), "made", "owned"];
    if (operation.startsWith("Describe")) return [["*"]];
    return [[target, Tags ? made : owned]];
  },
  rds: (operation, parameters) => {
    const { DBInstanceIdentifier: db, DBSubnetGroupName: subnets, DBParameterGroupName: group } = parameters;
    const { ResourceName, MonitoringRoleArn } = parameters;
    if (typeof ResourceName === "string") return [[ResourceName]];
    if (operation === "DeleteDBInstanceAutomatedBackup") return [[arn("rds", "auto-backup:ID"), "owned"]];
    const found: Question[] = [
      ...(typeof db === "string" ? [[arn("rds", `db:${db.startsWith("db-") ? "ID" : db}`)] as Question] : []),
      ...(typeof subnets === "string" ? [[arn("rds", `subgrp:${subnets}`)] as Question] : []),
      ...(typeof group === "string" ? [[arn("rds", `pg:${group}`)] as Question] : []),
    ];
    const creation: Question[] = [
      [arn("rds", "og:default:postgres-17")],
      [arn("secretsmanager", "secret:rds!db-ID"), "action:secretsmanager:CreateSecret"],
      [arn("secretsmanager", "secret:rds!db-ID"), "action:secretsmanager:TagResource"],
      ...pass(MonitoringRoleArn, "monitoring.rds"),
    ];
    return [
      ...(found.length > 0 ? found : described(operation)),
      ...(operation === "CreateDBInstance" ? creation : []),
    ];
  },
  elasticache: (operation, parameters) => {
    const named: [string, string][] = [
      ["ReplicationGroupId", "replicationgroup"],
      ["CacheClusterId", "cluster"],
      ["CacheSubnetGroupName", "subnetgroup"],
      ["CacheParameterGroupName", "parametergroup"],
    ];
    const found = named.flatMap(([parameter, kind]): Question[] => {
      const name = text(parameters[parameter]);
      return name === undefined ? [] : [[arn("elasticache", `${kind}:${name}`)]];
    });
    const resource = text(parameters.ResourceName);
    if (resource !== undefined) return [[resource]];
    return found.length > 0 ? found : described(operation);
  },
  cloudwatch: (operation, { AlarmName, AlarmNames, DashboardName, DashboardNames, ResourceARN }) => {
    const alarms = [...texts(AlarmNames), ...(text(AlarmName) ? [text(AlarmName)] : [])];
    const dashboards = [...texts(DashboardNames), ...(text(DashboardName) ? [text(DashboardName)] : [])];
    if (typeof ResourceARN === "string") return [[ResourceARN]];
    if (dashboards.length > 0) {
      return dashboards.map((name): Question => [`arn:aws:cloudwatch::${account}:dashboard/${String(name)}`]);
    }
    const named = alarms.map((name): Question => [arn("cloudwatch", `alarm:${String(name)}`)]);
    // Of composite alarms both concern everything, whatever they name, but for their tags (CloudWatch API reference).
    if (operation === "DescribeAlarms") return [["*"]];
    if (operation === "PutCompositeAlarm")
      return [...named.map(([alarm]): Question => [alarm, "action:cloudwatch:TagResource"]), ["*"]];
    return named.length > 0 ? named : [["*"]];
  },
  cloudtrail: (operation, { CloudWatchLogsRoleArn, Name, ResourceId, ResourceIdList, TrailName }) => {
    // Descriptions concern no trail, whatever they name.
    const trail = text(Name) ?? text(TrailName) ?? text(ResourceId) ?? text(texts(ResourceIdList)[0]);
    if (trail === undefined || operation === "DescribeTrails") return [["*"]];
    const resource = trail.startsWith("arn:") ? trail : arn("cloudtrail", `trail/${trail}`);
    return [[resource], ...pass(CloudWatchLogsRoleArn, "cloudtrail")];
  },
  s3: bucketQuestions,
  sns: (_operation, { Name, ResourceArn, SubscriptionArn, TopicArn }) => {
    const given = text(TopicArn) ?? text(ResourceArn) ?? text(SubscriptionArn)?.replace(/:[0-9a-f-]{36}$/, ":ID");
    return [[given ?? (text(Name) ? arn("sns", text(Name) ?? "") : "*")]];
  },
  secretsmanager: (operation, { Name, SecretId, RotationLambdaARN }) => {
    const id = text(SecretId) ?? text(Name);
    if (id === undefined) return [["*"]];
    // The six characters are AWS's; a master's secret is known by its tag.
    const name = id
      .replace(/^.*:secret:/, "")
      .replace(/^rds!db-.*$/, "rds!db-ID")
      .replace(/-\w{6}$/, "");
    const facts = name === "rds!db-ID" ? ["aws:ResourceTag/aws:rds:primaryDBInstanceArn=INSTANCE"] : [];
    const rotates = typeof RotationLambdaARN === "string" && operation === "RotateSecret";
    return [
      [arn("secretsmanager", `secret:${name}${name === "rds!db-ID" ? "" : "-abcdef"}`), ...facts],
      ...(rotates ? [[RotationLambdaARN, "action:lambda:InvokeFunction"] as Question] : []),
    ];
  },
  apigateway: (operation, { tags }, request) => {
    const [method = "", path = ""] = request.split(" ");
    const action = `action:apigateway:${method}`;
    if (path.startsWith("/tags/")) {
      return [[`arn:aws:apigateway:${region}::/tags/ARN`, ...(hasEnvironment(tags) ? ["made"] : []), action]];
    }
    const resource = `arn:aws:apigateway:${region}::${path.replace(/^(\/(?:restapis|usageplans|deployments))\/[a-z0-9]{6,}/, "$1/ID").replace(/\/deployments\/[a-z0-9]{6,}/, "/deployments/ID")}`;
    const facts =
      path === "/account" || operation === "GetUsagePlans" || operation === "GetRestApis" || operation === "GetApiKeys"
        ? []
        : [/^\/\w+$/.test(path) ? "made" : "owned"];
    const tagging: Question[] = tags
      ? [[`arn:aws:apigateway:${region}::/tags/ARN`, "made", "action:apigateway:PUT"]]
      : [];
    const role: Question[] =
      operation === "UpdateAccount" ? pass(iam("role/api-gateway-cloudwatch-logs"), "apigateway") : [];
    return [[resource, ...facts, action], ...tagging, ...role];
  },
  wafv2: (operation, parameters) => {
    const logging = parameters.LoggingConfiguration as Parameters | undefined;
    const { Name, WebACLArn, ResourceArn = logging?.ResourceArn, ResourceARN = ResourceArn } = parameters;
    const stage = text(ResourceARN)?.includes(":apigateway:")
      ? text(ResourceARN)?.replace(/restapis\/[a-z0-9]+/, "restapis/ID")
      : undefined;
    const acl = text(WebACLArn) ?? (stage ? undefined : text(ResourceARN));
    const named =
      acl?.replace(/\/[0-9a-f-]{36}$/, "/ID") ??
      (text(Name) ? arn("wafv2", `regional/webacl/${text(Name) ?? ""}/ID`) : undefined);
    const questions: Question[] = [
      ...(named ? [[named] as Question] : []),
      ...(stage ? [[stage] as Question] : []),
      ...(stage && /Associate/i.test(operation) ? [[stage, "action:apigateway:SetWebACL"] as Question] : []),
      ...(operation === "CreateWebACL" ? [[arn("wafv2", "regional/managedruleset/AWS/ID")] as Question] : []),
    ];
    return questions.length > 0 ? questions : [["*"]];
  },
};
