import type * as pulumi from "@pulumi/pulumi";
import { databaseMemory, maximumConnections } from "./database-capacity";
import { regionalArn, type Environment } from "./environment";
import { type Metric, metricSources } from "./metrics";
import { type FunctionType, functionTypes, resourceName, type ResourceType } from "./naming";

/** What pages together: one fault, however many alarms see it, is one page. */
export const alarmGroups = [
  "infrastructure",
  "capacity",
  "api",
  "audit",
  "integrity",
  "security",
  "credentials",
  "analytics",
] as const;

export type AlarmGroup = (typeof alarmGroups)[number];

/** When somebody must look at something. */
export interface Alarm {
  type: ResourceType;
  group: AlarmGroup;
  /** What it means, for who is paged; the runbook has the rest. */
  description: string;
  /** By the identifiers that `expression` uses. */
  metrics: Record<string, Metric>;
  /** CloudWatch metric math over `metrics` (CloudWatch user guide, "Using metric math"). */
  expression: string;
  comparison: "GreaterThanThreshold" | "GreaterThanOrEqualToThreshold" | "LessThanThreshold";
  threshold: number;
  /** Seconds of one value. */
  period: number;
  /** How many of how many values make it an alarm. */
  datapoints: [atLeast: number, of: number];
  /** What silence means: a function that is not invoked has no errors, a schedule without invocations has stopped. */
  missingData: "notBreaching" | "breaching";
}

/** What the thresholds follow from. */
export interface AlarmsArgs {
  environmentSuffix: string;
  region: string;
  /** Seconds after which Lambda ends each function. */
  functionTimeouts: Record<FunctionType, number>;
  /** Requests that the records service handles at once. */
  serviceConcurrency: number;
  /** Requests a second that the API accepts in the long run. */
  apiRateLimit: number;
  /** Requests in five minutes after which the firewall blocks an address. */
  wafRateLimit: number;
  database: {
    /** RDS instance class. */
    instanceClass: string;
    /** GiB. */
    allocatedStorage: number;
  };
  /** Nodes of the replication group. */
  redisNodeCount: number;
  natGatewayIds: pulumi.Input<string>[];
  /** Tasks that run at least. */
  analyticsMinimumTasks: number;
  /** Whether a trail tells of refused calls of AWS's APIs. */
  auditTrail: boolean;
}

/** ARNs of the alarms that page, one for each group. */
export function pageArns(environment: Environment): string[] {
  return alarmGroups.map((group) =>
    regionalArn(environment, "cloudwatch", `alarm:${resourceName(`page-${group}`, environment.environmentSuffix)}`),
  );
}

/** Share of a limit at which somebody should know, before it is reached. */
const nearLimit = 0.8;

/** Connections that a Redis node accepts (ElastiCache user guide, "Quotas": maxclients). */
const connectionsPerRedisNode = 65000;

const minutes = (count: number) => count * 60;

/** Every alarm of an environment. */
export function alarms(args: AlarmsArgs): Alarm[] {
  return [
    ...apiAlarms(args),
    ...functionTypes.flatMap((type) => functionAlarms(type, args)),
    ...auditAlarms(args),
    ...securityAlarms(args),
    ...trailAlarms(args),
    ...databaseAlarms(args),
    ...redisAlarms(args),
    ...natAlarms(args),
    ...analyticsAlarms(args),
  ];
}

function apiAlarms(args: AlarmsArgs): Alarm[] {
  const { api } = metricSources(args);
  return [
    {
      type: "api-server-errors",
      group: "api",
      description: "More than 1 % of the API's requests fail with 5xx",
      metrics: { errors: api("5XXError", "Sum"), requests: api("Count", "Sum") },
      expression: "100 * errors / requests",
      comparison: "GreaterThanThreshold",
      threshold: 1,
      period: minutes(1),
      datapoints: [3, 5],
      missingData: "notBreaching",
    },
    {
      type: "api-latency",
      group: "api",
      description: "The slowest hundredth of the API's requests takes a third of what the service may take",
      metrics: { latency: api("Latency", "p99") },
      expression: "latency",
      comparison: "GreaterThanThreshold",
      threshold: Math.round((args.functionTimeouts["records-service"] * 1000) / 3),
      period: minutes(1),
      datapoints: [5, 5],
      missingData: "notBreaching",
    },
  ];
}

const functionGroups: Record<FunctionType, AlarmGroup> = {
  "records-service": "api",
  "records-operations": "audit",
  "schema-migration": "credentials",
  "database-rotation": "credentials",
  "redis-rotation": "credentials",
};

function functionAlarms(type: FunctionType, args: AlarmsArgs): Alarm[] {
  const { functionTimeouts, serviceConcurrency } = args;
  const metric = metricSources(args).functionOf(type);
  const timeout = functionTimeouts[type];
  const common = { group: functionGroups[type], period: minutes(1), missingData: "notBreaching" } as const;
  return [
    {
      ...common,
      type: `${type}-errors`,
      description: `${type} fails`,
      metrics: { errors: metric("Errors", "Sum") },
      expression: "errors",
      comparison: "GreaterThanOrEqualToThreshold",
      threshold: 1,
      // What a delivery leaves, the next minute's takes up: a failover of the database is no incident.
      datapoints: type === "records-operations" ? [5, 10] : [1, 1],
    },
    {
      ...common,
      type: `${type}-throttles`,
      description: `Lambda refuses to run ${type}: its own limit of concurrent executions, or the account's, is reached`,
      metrics: { throttles: metric("Throttles", "Sum") },
      expression: "throttles",
      comparison: "GreaterThanOrEqualToThreshold",
      threshold: 1,
      datapoints: [1, 1],
    },
    {
      ...common,
      type: `${type}-duration`,
      description: `${type} takes more than ${100 * nearLimit} % of the ${timeout} seconds after which Lambda ends it`,
      metrics: { duration: metric("Duration", "Maximum") },
      expression: "duration",
      comparison: "GreaterThanThreshold",
      threshold: timeout * 1000 * nearLimit,
      datapoints: [1, 1],
    },
    ...(type === "records-service"
      ? [
          {
            ...common,
            type: "records-service-concurrency" as const,
            description: `The records service handles more than ${100 * nearLimit} % of the ${serviceConcurrency} requests at once that it may`,
            metrics: { executions: metric("ConcurrentExecutions", "Maximum") },
            expression: "executions",
            comparison: "GreaterThanThreshold" as const,
            threshold: serviceConcurrency * nearLimit,
            datapoints: [3, 5] as [number, number],
          },
        ]
      : []),
  ];
}

function auditAlarms(args: AlarmsArgs): Alarm[] {
  const { auditTrail, counted, functionOf } = metricSources(args);
  return [
    {
      type: "audit-log-failures",
      group: "audit",
      description: "Accesses could not be written to the audit log",
      metrics: { failures: counted("AuditLogFailures", "Sum") },
      expression: "failures",
      comparison: "GreaterThanOrEqualToThreshold",
      threshold: 1,
      period: minutes(1),
      datapoints: [1, 1],
      missingData: "notBreaching",
    },
    {
      type: "audit-delivery-stopped",
      group: "audit",
      description: "For a quarter of an hour nothing has moved accesses from the audit log into the audit trail",
      metrics: { invocations: functionOf("records-operations")("Invocations", "Sum") },
      expression: "invocations",
      comparison: "LessThanThreshold",
      threshold: 1,
      period: minutes(5),
      datapoints: [3, 3],
      missingData: "breaching",
    },
    {
      type: "audit-delivery-behind",
      group: "audit",
      description: "For a quarter of an hour the audit trail has been more than half an hour behind the audit log",
      // The least, as the newest value is: one good run ends the alarm.
      metrics: { delay: auditTrail("AuditDeliveryDelay", "Minimum") },
      expression: "delay",
      comparison: "GreaterThanThreshold",
      threshold: minutes(30),
      period: minutes(5),
      datapoints: [3, 3],
      // That is for `audit-delivery-stopped`.
      missingData: "notBreaching",
    },
    {
      type: "audit-trail-broken",
      group: "integrity",
      description: "The audit trail is not as it was written: entries were altered, deleted or inserted",
      metrics: { intact: auditTrail("AuditTrailIntact", "Minimum") },
      expression: "intact",
      comparison: "LessThanThreshold",
      threshold: 1,
      // For a day: that a later verification finds it intact does not end the incident.
      period: minutes(60),
      datapoints: [1, 24],
      missingData: "notBreaching",
    },
    {
      type: "audit-verification-stopped",
      group: "audit",
      description: "For more than a day nothing has verified the audit trail",
      metrics: { verifications: auditTrail("AuditVerifications", "Sum") },
      expression: "verifications",
      comparison: "LessThanThreshold",
      threshold: 1,
      period: minutes(6 * 60),
      datapoints: [5, 5],
      // A new environment has not counted anything yet; each delivery counts nought.
      missingData: "notBreaching",
    },
  ];
}

function securityAlarms(args: AlarmsArgs): Alarm[] {
  const { apiRateLimit, wafRateLimit } = args;
  const { filtered, firewall } = metricSources(args);
  return [
    {
      type: "access-refusals",
      group: "security",
      description: "Somebody tries tokens, or scopes that they do not have: a surge of 401 and 403",
      metrics: { refusals: filtered("AccessRefusals", "Sum") },
      expression: "refusals",
      comparison: "GreaterThanThreshold",
      // A hundredth of what the API accepts, and less than the firewall lets one address send; a few expired tokens are no attack.
      threshold: Math.max(20, Math.min((apiRateLimit * minutes(5)) / 100, wafRateLimit / 4)),
      period: minutes(5),
      datapoints: [1, 1],
      missingData: "notBreaching",
    },
    {
      type: "firewall-blocks",
      group: "security",
      description: "The firewall blocks as many requests as would get an address blocked",
      metrics: { blocked: firewall("BlockedRequests", "Sum") },
      expression: "blocked",
      comparison: "GreaterThanThreshold",
      threshold: wafRateLimit,
      period: minutes(5),
      datapoints: [1, 1],
      missingData: "notBreaching",
    },
  ];
}

function trailAlarms(args: AlarmsArgs): Alarm[] {
  if (!args.auditTrail) return [];
  return [
    {
      type: "unauthorized-calls",
      group: "security",
      description: "Somebody, or something of ours, calls AWS's APIs without permission",
      metrics: { refusals: metricSources(args).filtered("UnauthorizedCalls", "Sum") },
      expression: "refusals",
      comparison: "GreaterThanOrEqualToThreshold",
      // Consoles ask for more than they may see, now and then.
      threshold: 10,
      period: minutes(5),
      datapoints: [1, 1],
      missingData: "notBreaching",
    },
  ];
}

function databaseAlarms(args: AlarmsArgs): Alarm[] {
  const { instanceClass, allocatedStorage } = args.database;
  const connections = maximumConnections(instanceClass);
  const metric = metricSources(args).database;
  const common = { group: "capacity", expression: "value", period: minutes(1), missingData: "notBreaching" } as const;
  return [
    {
      ...common,
      type: "database-silent",
      group: "infrastructure",
      description: "PostgreSQL's instance reports nothing: it is down",
      metrics: { value: metric("CPUUtilization", "SampleCount") },
      comparison: "LessThanThreshold",
      threshold: 1,
      datapoints: [5, 5],
      missingData: "breaching",
    },
    {
      ...common,
      type: "database-cpu",
      description: "PostgreSQL's processor has been busy for a quarter of an hour",
      metrics: { value: metric("CPUUtilization", "Average") },
      comparison: "GreaterThanThreshold",
      threshold: 100 * nearLimit,
      datapoints: [15, 15],
    },
    {
      ...common,
      type: "database-memory",
      description: "Less than a tenth of the instance's memory is free",
      metrics: { value: metric("FreeableMemory", "Average") },
      comparison: "LessThanThreshold",
      threshold: databaseMemory(instanceClass) / 10,
      datapoints: [15, 15],
    },
    {
      ...common,
      type: "database-storage",
      description:
        "Less than a tenth of the first storage is free: autoscaling has reached its limit, or cannot follow",
      metrics: { value: metric("FreeStorageSpace", "Minimum") },
      comparison: "LessThanThreshold",
      threshold: (allocatedStorage * 2 ** 30) / 10,
      datapoints: [15, 15],
    },
    {
      ...common,
      type: "database-connections",
      description: `More than ${100 * nearLimit} % of the ${connections} connections that PostgreSQL accepts are taken`,
      metrics: { value: metric("DatabaseConnections", "Maximum") },
      comparison: "GreaterThanThreshold",
      threshold: Math.floor(connections * nearLimit),
      datapoints: [5, 5],
    },
  ];
}

function redisAlarms(args: AlarmsArgs): Alarm[] {
  const { redisNode } = metricSources(args);
  const everyNode = (metricName: string, stat = "Maximum") =>
    Object.fromEntries(
      Array.from({ length: args.redisNodeCount }, (_, index) => [
        `node${index + 1}`,
        redisNode(index + 1)(metricName, stat),
      ]),
    );
  const worstNode = { expression: "MAX(METRICS())" };
  const primaries = everyNode("IsMaster", "Minimum");
  const common = { group: "capacity", period: minutes(1), missingData: "notBreaching" } as const;
  return [
    {
      ...common,
      type: "redis-silent",
      group: "infrastructure",
      description: "None of Redis's nodes reports anything: the cache is down",
      metrics: everyNode("CurrConnections", "SampleCount"),
      expression: "SUM(METRICS())",
      comparison: "LessThanThreshold",
      threshold: 1,
      datapoints: [5, 5],
      missingData: "breaching",
    },
    {
      ...common,
      ...worstNode,
      type: "redis-cpu",
      description: "Redis's one thread has been busy for five minutes",
      metrics: everyNode("EngineCPUUtilization"),
      comparison: "GreaterThanThreshold",
      threshold: 100 * nearLimit,
      datapoints: [5, 5],
    },
    {
      ...common,
      ...worstNode,
      type: "redis-memory",
      description: `More than ${100 * nearLimit} % of Redis's memory is taken; when it is full, cached reads are evicted, then sessions`,
      metrics: everyNode("DatabaseMemoryUsagePercentage"),
      comparison: "GreaterThanThreshold",
      threshold: 100 * nearLimit,
      datapoints: [5, 5],
    },
    {
      ...common,
      ...worstNode,
      type: "redis-evictions",
      description: "Redis's memory is full: it drops cached reads, and would drop sessions",
      metrics: everyNode("Evictions", "Sum"),
      comparison: "GreaterThanOrEqualToThreshold",
      threshold: 1,
      datapoints: [1, 1],
    },
    {
      ...common,
      ...worstNode,
      type: "redis-connections",
      description: `More than ${100 * nearLimit} % of the ${connectionsPerRedisNode} connections that a Redis node accepts are taken`,
      metrics: everyNode("CurrConnections"),
      comparison: "GreaterThanThreshold",
      threshold: connectionsPerRedisNode * nearLimit,
      datapoints: [5, 5],
    },
    {
      ...common,
      ...worstNode,
      type: "redis-replication-lag",
      description: "A replica of Redis is more than ten seconds behind: a failover would lose what it has not got",
      metrics: everyNode("ReplicationLag"),
      comparison: "GreaterThanThreshold",
      threshold: 10,
      datapoints: [5, 5],
    },
    {
      ...common,
      type: "redis-failover",
      group: "infrastructure",
      description: "Another node of Redis has become the primary",
      metrics: primaries,
      // Of each node: the one that fails may be silent just then, and any of them may be the primary before.
      expression: `MAX([${Object.keys(primaries)
        .map((node) => `ABS(DIFF(${node}))`)
        .join(", ")}])`,
      comparison: "GreaterThanOrEqualToThreshold",
      threshold: 1,
      datapoints: [1, 1],
    },
  ];
}

function natAlarms(args: AlarmsArgs): Alarm[] {
  if (args.natGatewayIds.length === 0) return [];
  const { natGateway } = metricSources(args);
  const gateways = args.natGatewayIds.map((id, index): [string, Metric] => [
    `gateway${index + 1}`,
    natGateway(id)("ErrorPortAllocation", "Sum"),
  ]);
  return [
    {
      type: "nat-ports",
      group: "infrastructure",
      description: "A NAT gateway has no port left for another connection: functions and tasks cannot reach AWS's APIs",
      metrics: Object.fromEntries(gateways),
      expression: "SUM(METRICS())",
      comparison: "GreaterThanOrEqualToThreshold",
      threshold: 1,
      period: minutes(1),
      datapoints: [3, 5],
      missingData: "notBreaching",
    },
  ];
}

function analyticsAlarms(args: AlarmsArgs): Alarm[] {
  const { rule, tasks } = metricSources(args);
  return [
    {
      type: "analytics-tasks",
      group: "analytics",
      description:
        "For a quarter of an hour fewer analytics tasks have been running than should: they fail, or cannot start",
      metrics: { desired: tasks("DesiredTaskCount", "Average"), running: tasks("RunningTaskCount", "Average") },
      expression: "desired - running",
      comparison: "GreaterThanThreshold",
      threshold: 0,
      period: minutes(1),
      // Tasks that fail again and again run for a moment each.
      datapoints: [10, 15],
      // A service without any running task reports nothing (ECS developer guide, "Container Insights").
      missingData: args.analyticsMinimumTasks > 0 ? "breaching" : "notBreaching",
    },
    {
      type: "analytics-failures",
      group: "analytics",
      description:
        "A deployment of the analytics tasks has failed, and those before it go on; or tasks end as soon as they start",
      metrics: { failures: rule("analytics-events")("MatchedEvents", "Sum") },
      expression: "failures",
      comparison: "GreaterThanOrEqualToThreshold",
      threshold: 1,
      period: minutes(1),
      datapoints: [1, 1],
      missingData: "notBreaching",
    },
  ];
}
