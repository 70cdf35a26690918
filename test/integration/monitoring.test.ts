import { type CompositeAlarm, GetDashboardCommand, type Metric, type MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { DescribeMetricFiltersCommand, DescribeQueryDefinitionsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { GetTopicAttributesCommand } from "@aws-sdk/client-sns";
import { pageArns } from "../../lib/alarms";
import { auditQueries } from "../../lib/audit-queries";
import { type FunctionType, functionTypes, type ResourceType } from "../../lib/naming";
import { findAlarms, findDatabase, findNatGateways, findReplicationGroup, settlingLimit } from "./lookups";
import {
  accountId,
  aws,
  canonical,
  environmentSuffix,
  hasTrail,
  nameOf,
  only,
  outputs,
  parsePolicy,
  partition,
  region,
} from "./stack";

const environment = { environmentSuffix, region, accountId, partition };

/** `AWS/RDS CPUUtilization DBInstanceIdentifier=rds-postgres-dev`: a metric by all that tells it from others. */
const describeMetric = ({ Namespace = "", MetricName = "", Dimensions = [] }: Metric) =>
  [Namespace, MetricName, ...Dimensions.map(({ Name = "", Value = "" }) => `${Name}=${Value}`).sort()].join(" ");

/** Metrics that something in this environment has. */
const metricsOf =
  (Namespace: string, dimensions: Record<string, string | undefined>) =>
  (...names: string[]) =>
    names.map((MetricName) =>
      describeMetric({
        Namespace,
        MetricName,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      }),
    );

/** Every alarm, and the metrics that it is on. */
async function expectedAlarms(): Promise<Partial<Record<ResourceType, string[]>>> {
  const { MemberClusters = [] } = await findReplicationGroup();
  const natGateways = await findNatGateways();
  const api = metricsOf("AWS/ApiGateway", { ApiName: nameOf("records-api"), Stage: environmentSuffix });
  const lambda = (type: FunctionType) => metricsOf("AWS/Lambda", { FunctionName: nameOf(type) });
  const own = (service: FunctionType) => metricsOf("tap", { service, environment: environmentSuffix });
  const filtered = metricsOf(`tap/${environmentSuffix}`, {});
  const database = metricsOf("AWS/RDS", { DBInstanceIdentifier: (await findDatabase()).DBInstanceIdentifier });
  const redis = (name: string) =>
    MemberClusters.flatMap((CacheClusterId) =>
      metricsOf("AWS/ElastiCache", { CacheClusterId, CacheNodeId: "0001" })(name),
    );
  const tasks = metricsOf("ECS/ContainerInsights", {
    ClusterName: outputs.ecsClusterName,
    ServiceName: nameOf("analytics"),
  });
  return {
    "api-server-errors": api("5XXError", "Count"),
    "api-latency": api("Latency"),
    ...Object.fromEntries(
      functionTypes.flatMap((type) => [
        [`${type}-errors`, lambda(type)("Errors")],
        [`${type}-throttles`, lambda(type)("Throttles")],
        [`${type}-duration`, lambda(type)("Duration")],
      ]),
    ),
    "records-service-concurrency": lambda("records-service")("ConcurrentExecutions"),
    "access-refusals": filtered("AccessRefusals"),
    "firewall-blocks": metricsOf("AWS/WAFV2", { WebACL: nameOf("records-waf"), Region: region, Rule: "ALL" })(
      "BlockedRequests",
    ),
    "audit-log-failures": own("records-service")("AuditLogFailures"),
    "audit-delivery-stopped": lambda("records-operations")("Invocations"),
    "audit-delivery-behind": own("records-operations")("AuditDeliveryDelay"),
    "audit-trail-broken": own("records-operations")("AuditTrailIntact"),
    "audit-verification-stopped": own("records-operations")("AuditVerifications"),
    "database-silent": database("CPUUtilization"),
    "database-cpu": database("CPUUtilization"),
    "database-memory": database("FreeableMemory"),
    "database-storage": database("FreeStorageSpace"),
    "database-connections": database("DatabaseConnections"),
    "redis-silent": redis("CurrConnections"),
    "redis-cpu": redis("EngineCPUUtilization"),
    "redis-memory": redis("DatabaseMemoryUsagePercentage"),
    "redis-evictions": redis("Evictions"),
    "redis-connections": redis("CurrConnections"),
    "redis-replication-lag": redis("ReplicationLag"),
    "redis-failover": redis("IsMaster"),
    "analytics-tasks": tasks("DesiredTaskCount", "RunningTaskCount"),
    "analytics-failures": metricsOf("AWS/Events", { RuleName: nameOf("analytics-events") })("MatchedEvents"),
    ...(hasTrail ? { "unauthorized-calls": filtered("UnauthorizedCalls") } : {}),
    ...(natGateways.length > 0
      ? {
          "nat-ports": natGateways.flatMap(({ NatGatewayId }) =>
            metricsOf("AWS/NATGateway", { NatGatewayId })("ErrorPortAllocation"),
          ),
        }
      : {}),
  };
}

let onMetrics: MetricAlarm[];
let pages: CompositeAlarm[];

beforeAll(async () => {
  ({ onMetrics, pages } = await findAlarms());
});

test("pages are sent for every alarm by exactly one group, and to the topic only", () => {
  expect(pages.map(({ AlarmArn }) => AlarmArn).sort()).toEqual(pageArns(environment).sort());
  for (const page of pages) {
    expect(page).toMatchObject({
      ActionsEnabled: true,
      AlarmActions: [outputs.alarmTopicArn],
      OKActions: [outputs.alarmTopicArn],
    });
  }
  const members = pages.flatMap(({ AlarmRule = "" }) => AlarmRule.match(/(?<=ALARM\(")[^"]+/g) ?? []);
  expect(members.sort()).toEqual(onMetrics.map(({ AlarmName }) => AlarmName).sort());
});

test("of the API stays away while the infrastructure pages", () => {
  const page = only(
    pages.filter(({ ActionsSuppressor }) => ActionsSuppressor),
    "suppressed page",
  );
  expect(page).toMatchObject({
    AlarmName: nameOf("page-api"),
    ActionsSuppressor: nameOf("page-infrastructure"),
    ActionsSuppressorWaitPeriod: 120,
    ActionsSuppressorExtensionPeriod: 120,
  });
});

test(
  "alarms are exactly these, each on the metrics of this environment",
  async () => {
    const found = onMetrics.map(({ AlarmName = "", Metrics = [] }) => [
      AlarmName,
      Metrics.flatMap(({ MetricStat }) => (MetricStat?.Metric ? [describeMetric(MetricStat.Metric)] : [])).sort(),
    ]);
    const expected = Object.entries(await expectedAlarms()).map(([type, metrics]) => [
      nameOf(type as ResourceType),
      metrics.toSorted(),
    ]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
  },
  (settlingLimit + 30) * 1000,
);

test("alarm on the API's errors is on their share of its requests", () => {
  const { Metrics = [] } = only(
    onMetrics.filter(({ AlarmName }) => AlarmName === nameOf("api-server-errors")),
    "alarm on the API's errors",
  );
  expect(
    Object.fromEntries(
      Metrics.map(({ Id, Expression, MetricStat }) => [Id, Expression ?? MetricStat?.Metric?.MetricName]),
    ),
  ).toEqual({ errors: "5XXError", requests: "Count", result: "100 * errors / requests" });
});

test("topic is encrypted with its key, and takes messages from CloudWatch only", async () => {
  const { Attributes } = await aws.sns.send(new GetTopicAttributesCommand({ TopicArn: outputs.alarmTopicArn }));
  expect(Attributes?.KmsMasterKeyId).toBe(outputs.kmsKeyArns.alerts);
  const allowed = parsePolicy(Attributes?.Policy).Statement.filter(({ Effect }) => Effect === "Allow");
  expect(canonical(allowed)).toEqual(
    canonical([
      {
        Sid: "PublishAlarms",
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: "sns:Publish",
        Resource: outputs.alarmTopicArn,
        Condition: {
          StringEquals: { "aws:SourceAccount": accountId },
          ArnEquals: { "aws:SourceArn": pageArns(environment) },
        },
      },
    ]),
  );
});

test("refused requests are counted from the access log", async () => {
  const { metricFilters } = await aws.logs.send(
    new DescribeMetricFiltersCommand({ logGroupName: nameOf("api-access") }),
  );
  expect(only(metricFilters, "metric filter")).toMatchObject({
    filterName: nameOf("access-refusals"),
    filterPattern: '{ (($.status = "401") || ($.status = "403")) && ($.errorType != "WAF_FILTERED") }',
    metricTransformations: [
      { metricNamespace: `tap/${environmentSuffix}`, metricName: "AccessRefusals", metricValue: "1", defaultValue: 0 },
    ],
  });
});

test("dashboard shows the pages first", async () => {
  const { DashboardBody = "" } = await aws.cloudWatch.send(
    new GetDashboardCommand({ DashboardName: nameOf("records") }),
  );
  const { widgets } = JSON.parse(DashboardBody) as { widgets: { properties: { alarms?: string[] } }[] };
  expect(widgets[0]?.properties.alarms).toEqual(pageArns(environment));
  expect(outputs.dashboardUrl).toBe(
    `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${nameOf("records")}`,
  );
});

test("queries over the audit log are saved", async () => {
  const { queryDefinitions = [] } = await aws.logs.send(
    new DescribeQueryDefinitionsCommand({ queryDefinitionNamePrefix: `${nameOf("audit-queries")}/` }),
  );
  expect(
    Object.fromEntries(queryDefinitions.map(({ name = "", queryString }) => [name.split("/").at(-1), queryString])),
  ).toEqual(auditQueries);
  for (const { logGroupNames } of queryDefinitions) expect(logGroupNames).toEqual([outputs.auditLogGroupName]);
});
