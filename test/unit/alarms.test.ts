import { alarms, type AlarmsArgs, pageArns } from "../../lib/alarms";
import { environment, watched } from "./fixtures";

const args: AlarmsArgs = { ...environment, ...watched, auditTrail: false };

/** `expression comparison threshold, n of m values of s seconds, missing` by name, with the group in front. */
const summary = (overrides: Partial<AlarmsArgs> = {}) =>
  Object.fromEntries(
    alarms({ ...args, ...overrides }).map(
      ({ type, group, expression, comparison, threshold, datapoints, period, missingData }) => [
        type,
        `${group}: ${expression} ${symbols[comparison]} ${threshold}, ${datapoints.join(" of ")} of ${period} s, silence ${missingData === "breaching" ? "alarms" : "is fine"}`,
      ],
    ),
  );

const symbols = {
  GreaterThanThreshold: ">",
  GreaterThanOrEqualToThreshold: ">=",
  LessThanThreshold: "<",
};

/** `namespace/metric stat {dimensions}` of each metric of an alarm. */
const metricsOf = (type: string, overrides: Partial<AlarmsArgs> = {}) => {
  const [alarm] = alarms({ ...args, ...overrides }).filter((one) => one.type === type);
  return Object.fromEntries(
    Object.entries(alarm?.metrics ?? {}).map(([id, { namespace, metricName, stat, dimensions }]) => [
      id,
      `${namespace}/${metricName} ${stat} ${JSON.stringify(dimensions)}`,
    ]),
  );
};

describe("the alarms", () => {
  it("are these, with thresholds that follow from the configuration", () => {
    expect(summary()).toEqual({
      "api-server-errors": "api: 100 * errors / requests > 1, 3 of 5 of 60 s, silence is fine",
      "api-latency": "api: latency > 3333, 5 of 5 of 60 s, silence is fine",
      "records-service-errors": "api: errors >= 1, 1 of 1 of 60 s, silence is fine",
      "records-service-throttles": "api: throttles >= 1, 1 of 1 of 60 s, silence is fine",
      "records-service-duration": "api: duration > 8000, 1 of 1 of 60 s, silence is fine",
      "records-service-concurrency": "api: executions > 16, 3 of 5 of 60 s, silence is fine",
      "records-operations-errors": "audit: errors >= 1, 5 of 10 of 60 s, silence is fine",
      "records-operations-throttles": "audit: throttles >= 1, 1 of 1 of 60 s, silence is fine",
      "records-operations-duration": "audit: duration > 720000, 1 of 1 of 60 s, silence is fine",
      "schema-migration-errors": "credentials: errors >= 1, 1 of 1 of 60 s, silence is fine",
      "schema-migration-throttles": "credentials: throttles >= 1, 1 of 1 of 60 s, silence is fine",
      "schema-migration-duration": "credentials: duration > 720000, 1 of 1 of 60 s, silence is fine",
      "database-rotation-errors": "credentials: errors >= 1, 1 of 1 of 60 s, silence is fine",
      "database-rotation-throttles": "credentials: throttles >= 1, 1 of 1 of 60 s, silence is fine",
      "database-rotation-duration": "credentials: duration > 720000, 1 of 1 of 60 s, silence is fine",
      "redis-rotation-errors": "credentials: errors >= 1, 1 of 1 of 60 s, silence is fine",
      "redis-rotation-throttles": "credentials: throttles >= 1, 1 of 1 of 60 s, silence is fine",
      "redis-rotation-duration": "credentials: duration > 720000, 1 of 1 of 60 s, silence is fine",
      "audit-log-failures": "audit: failures >= 1, 1 of 1 of 60 s, silence is fine",
      "audit-delivery-stopped": "audit: invocations < 1, 3 of 3 of 300 s, silence alarms",
      "audit-delivery-behind": "audit: delay > 1800, 3 of 3 of 300 s, silence is fine",
      "audit-trail-broken": "integrity: intact < 1, 1 of 24 of 3600 s, silence is fine",
      "audit-verification-stopped": "audit: verifications < 1, 5 of 5 of 21600 s, silence is fine",
      "access-refusals": "security: refusals > 150, 1 of 1 of 300 s, silence is fine",
      "firewall-blocks": "security: blocked > 2000, 1 of 1 of 300 s, silence is fine",
      "database-silent": "infrastructure: value < 1, 5 of 5 of 60 s, silence alarms",
      "database-cpu": "capacity: value > 80, 15 of 15 of 60 s, silence is fine",
      "database-memory": "capacity: value < 107374182.4, 15 of 15 of 60 s, silence is fine",
      "database-storage": "capacity: value < 2147483648, 15 of 15 of 60 s, silence is fine",
      "database-connections": "capacity: value > 68, 5 of 5 of 60 s, silence is fine",
      "redis-silent": "infrastructure: SUM(METRICS()) < 1, 5 of 5 of 60 s, silence alarms",
      "redis-cpu": "capacity: MAX(METRICS()) > 80, 5 of 5 of 60 s, silence is fine",
      "redis-memory": "capacity: MAX(METRICS()) > 80, 5 of 5 of 60 s, silence is fine",
      "redis-evictions": "capacity: MAX(METRICS()) >= 1, 1 of 1 of 60 s, silence is fine",
      "redis-connections": "capacity: MAX(METRICS()) > 52000, 5 of 5 of 60 s, silence is fine",
      "redis-replication-lag": "capacity: MAX(METRICS()) > 10, 5 of 5 of 60 s, silence is fine",
      "redis-failover":
        "infrastructure: MAX([ABS(DIFF(node1)), ABS(DIFF(node2))]) >= 1, 1 of 1 of 60 s, silence is fine",
      "nat-ports": "infrastructure: SUM(METRICS()) >= 1, 3 of 5 of 60 s, silence is fine",
      "analytics-tasks": "analytics: desired - running > 0, 10 of 15 of 60 s, silence is fine",
      "analytics-failures": "analytics: failures >= 1, 1 of 1 of 60 s, silence is fine",
    });
  });

  it("follow a bigger configuration", () => {
    const bigger = summary({
      functionTimeouts: { ...args.functionTimeouts, "records-service": 20, "redis-rotation": 600 },
      serviceConcurrency: 100,
      apiRateLimit: 1000,
      wafRateLimit: 5000,
      database: { instanceClass: "db.r7g.large", allocatedStorage: 100 },
    });
    const changed = Object.entries(bigger).filter(([type, text]) => summary()[type] !== text);
    expect(Object.fromEntries(changed.map(([type, text]) => [type, /[<>]=? [\d.]+/.exec(text)?.[0]]))).toEqual({
      "api-latency": "> 6667",
      "records-service-duration": "> 16000",
      "records-service-concurrency": "> 80",
      "redis-rotation-duration": "> 480000",
      "access-refusals": "> 1250",
      "firewall-blocks": "> 5000",
      "database-memory": "< 1717986918.4",
      "database-storage": "< 10737418240",
      "database-connections": "> 1092",
    });
  });

  it("do not call a few expired tokens an attack, however little the API accepts", () => {
    expect(summary({ apiRateLimit: 1 })["access-refusals"]).toContain("refusals > 20,");
  });

  it("notice whoever the firewall lets try tokens, however much the API accepts", () => {
    expect(summary({ apiRateLimit: 10_000 })["access-refusals"]).toContain("refusals > 500,");
  });

  it("take silence for want of tasks where at least one must run", () => {
    expect(summary({ analyticsMinimumTasks: 1 })["analytics-tasks"]).toBe(
      "analytics: desired - running > 0, 10 of 15 of 60 s, silence alarms",
    );
  });

  it("watch the metrics of this environment", () => {
    expect(metricsOf("api-server-errors")).toEqual({
      errors: 'AWS/ApiGateway/5XXError Sum {"ApiName":"records-api-pr-7","Stage":"pr-7"}',
      requests: 'AWS/ApiGateway/Count Sum {"ApiName":"records-api-pr-7","Stage":"pr-7"}',
    });
    expect(metricsOf("api-latency")).toEqual({
      latency: 'AWS/ApiGateway/Latency p99 {"ApiName":"records-api-pr-7","Stage":"pr-7"}',
    });
    expect(metricsOf("records-service-duration")).toEqual({
      duration: 'AWS/Lambda/Duration Maximum {"FunctionName":"records-service-pr-7"}',
    });
    expect(metricsOf("redis-rotation-errors")).toEqual({
      errors: 'AWS/Lambda/Errors Sum {"FunctionName":"redis-rotation-pr-7"}',
    });
    expect(metricsOf("schema-migration-throttles")).toEqual({
      throttles: 'AWS/Lambda/Throttles Sum {"FunctionName":"schema-migration-pr-7"}',
    });
    expect(metricsOf("records-service-concurrency")).toEqual({
      executions: 'AWS/Lambda/ConcurrentExecutions Maximum {"FunctionName":"records-service-pr-7"}',
    });
    expect(metricsOf("audit-log-failures")).toEqual({
      failures: 'tap/AuditLogFailures Sum {"service":"records-service","environment":"pr-7"}',
    });
    expect(metricsOf("audit-delivery-stopped")).toEqual({
      invocations: 'AWS/Lambda/Invocations Sum {"FunctionName":"records-operations-pr-7"}',
    });
    expect(metricsOf("audit-delivery-behind")).toEqual({
      delay: 'tap/AuditDeliveryDelay Minimum {"service":"records-operations","environment":"pr-7"}',
    });
    expect(metricsOf("audit-trail-broken")).toEqual({
      intact: 'tap/AuditTrailIntact Minimum {"service":"records-operations","environment":"pr-7"}',
    });
    expect(metricsOf("audit-verification-stopped")).toEqual({
      verifications: 'tap/AuditVerifications Sum {"service":"records-operations","environment":"pr-7"}',
    });
    expect(metricsOf("access-refusals")).toEqual({ refusals: "tap/pr-7/AccessRefusals Sum {}" });
    expect(metricsOf("firewall-blocks")).toEqual({
      blocked: 'AWS/WAFV2/BlockedRequests Sum {"WebACL":"records-waf-pr-7","Region":"eu-west-1","Rule":"ALL"}',
    });
    const rds = (metric: string, stat: string) => ({
      value: `AWS/RDS/${metric} ${stat} {"DBInstanceIdentifier":"rds-postgres-pr-7"}`,
    });
    expect(metricsOf("database-silent")).toEqual(rds("CPUUtilization", "SampleCount"));
    expect(metricsOf("database-cpu")).toEqual(rds("CPUUtilization", "Average"));
    expect(metricsOf("database-memory")).toEqual(rds("FreeableMemory", "Average"));
    expect(metricsOf("database-storage")).toEqual(rds("FreeStorageSpace", "Minimum"));
    expect(metricsOf("database-connections")).toEqual(rds("DatabaseConnections", "Maximum"));
    expect(metricsOf("analytics-failures")).toEqual({
      failures: 'AWS/Events/MatchedEvents Sum {"RuleName":"analytics-events-pr-7"}',
    });
    expect(metricsOf("analytics-tasks")).toEqual({
      desired:
        'ECS/ContainerInsights/DesiredTaskCount Average {"ClusterName":"ecs-pr-7","ServiceName":"analytics-pr-7"}',
      running:
        'ECS/ContainerInsights/RunningTaskCount Average {"ClusterName":"ecs-pr-7","ServiceName":"analytics-pr-7"}',
    });
  });

  it.each([
    ["redis-silent", "CurrConnections", "SampleCount"],
    ["redis-cpu", "EngineCPUUtilization", "Maximum"],
    ["redis-memory", "DatabaseMemoryUsagePercentage", "Maximum"],
    ["redis-evictions", "Evictions", "Sum"],
    ["redis-connections", "CurrConnections", "Maximum"],
    ["redis-replication-lag", "ReplicationLag", "Maximum"],
    ["redis-failover", "IsMaster", "Minimum"],
  ])("watch every node of Redis: %s", (type, metric, stat) => {
    const node = (number: number) =>
      `AWS/ElastiCache/${metric} ${stat} {"CacheClusterId":"redis-pr-7-00${number}","CacheNodeId":"0001"}`;
    expect(metricsOf(type, { redisNodeCount: 3 })).toEqual({ node1: node(1), node2: node(2), node3: node(3) });
  });

  it("watch every NAT gateway, where there is one", () => {
    expect(metricsOf("nat-ports")).toEqual({
      gateway1: 'AWS/NATGateway/ErrorPortAllocation Sum {"NatGatewayId":"nat-1"}',
      gateway2: 'AWS/NATGateway/ErrorPortAllocation Sum {"NatGatewayId":"nat-2"}',
    });
    expect(Object.keys(summary({ natGatewayIds: [] }))).not.toContain("nat-ports");
  });

  it("watch refused calls of AWS's APIs, where a trail tells of them", () => {
    expect(Object.keys(summary())).not.toContain("unauthorized-calls");
    expect(summary({ auditTrail: true })["unauthorized-calls"]).toBe(
      "security: refusals >= 10, 1 of 1 of 300 s, silence is fine",
    );
    expect(metricsOf("unauthorized-calls", { auditTrail: true })).toEqual({
      refusals: "tap/pr-7/UnauthorizedCalls Sum {}",
    });
  });

  it("page by these alarms", () => {
    expect(pageArns(environment)).toEqual(
      ["infrastructure", "capacity", "api", "audit", "integrity", "security", "credentials", "analytics"].map(
        (group) => `arn:aws:cloudwatch:eu-west-1:123456789012:alarm:page-${group}-pr-7`,
      ),
    );
  });
});
