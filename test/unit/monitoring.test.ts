import { alarms } from "../../lib/alarms";
import { Monitoring, type MonitoringArgs, topicPolicy } from "../../lib/monitoring";
import { environment, statements, watched } from "./fixtures";
import { all, counts, only, record, type Recorded } from "./recorder";

const deploy = (overrides: Partial<MonitoringArgs> = {}) =>
  record(
    () =>
      new Monitoring("monitoring", {
        environment,
        alertsKeyArn: "arn:alerts-key",
        alarmEmails: ["on-call@example.org", "head@example.org"],
        accessLogGroupName: "api-access-pr-7",
        auditLogGroupName: "audit-pr-7",
        trailLogGroupName: undefined,
        ...watched,
        natGatewayIds: ["nat-1"],
        ...overrides,
      }),
  );

const topic = "arn:Topic-alerts";
const page = (group: string) => `arn:aws:cloudwatch:eu-west-1:123456789012:alarm:page-${group}-pr-7`;

describe("Monitoring", () => {
  let recorded: Recorded[];
  beforeAll(async () => {
    recorded = await deploy();
  });

  it("is a topic and its readers, alarms, pages, a dashboard and saved queries", () => {
    expect(counts(recorded)).toEqual({
      "aws:cloudwatch/compositeAlarm:CompositeAlarm": 8,
      "aws:cloudwatch/dashboard:Dashboard": 1,
      "aws:cloudwatch/logMetricFilter:LogMetricFilter": 1,
      "aws:cloudwatch/metricAlarm:MetricAlarm": 40,
      "aws:cloudwatch/queryDefinition:QueryDefinition": 6,
      "aws:sns/topic:Topic": 1,
      "aws:sns/topicPolicy:TopicPolicy": 1,
      "aws:sns/topicSubscription:TopicSubscription": 2,
    });
  });

  it("sends pages by an encrypted topic, to which CloudWatch alone may publish", () => {
    expect(only(recorded, "aws:sns/topic:Topic").inputs).toEqual({
      name: "alerts-pr-7",
      displayName: "alerts-pr-7",
      kmsMasterKeyId: "arn:alerts-key",
    });
    expect(only(recorded, "aws:sns/topicPolicy:TopicPolicy").inputs).toEqual({
      arn: topic,
      policy: topicPolicy(environment, topic),
    });
    expect(statements(topicPolicy(environment, topic))).toEqual([
      {
        Sid: "PublishAlarms",
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: "sns:Publish",
        Resource: topic,
        Condition: {
          StringEquals: { "aws:SourceAccount": "123456789012" },
          ArnEquals: {
            "aws:SourceArn": [
              "infrastructure",
              "capacity",
              "api",
              "audit",
              "integrity",
              "security",
              "credentials",
              "analytics",
            ].map(page),
          },
        },
      },
      {
        Sid: "RefusePlainText",
        Effect: "Deny",
        Principal: "*",
        Action: "sns:Publish",
        Resource: topic,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
  });

  it("pages by e-mail whom the configuration names, or nobody", async () => {
    expect(all(recorded, "aws:sns/topicSubscription:TopicSubscription").map(({ inputs }) => inputs)).toEqual(
      ["head@example.org", "on-call@example.org"].map((endpoint) => ({ topic, protocol: "email", endpoint })),
    );
    expect(all(await deploy({ alarmEmails: [] }), "aws:sns/topicSubscription:TopicSubscription")).toEqual([]);
  });

  it("counts refused requests in the access log", () => {
    expect(only(recorded, "aws:cloudwatch/logMetricFilter:LogMetricFilter").inputs).toEqual({
      name: "access-refusals-pr-7",
      logGroupName: "api-access-pr-7",
      pattern: '{ (($.status = "401") || ($.status = "403")) && ($.errorType != "WAF_FILTERED") }',
      metricTransformation: { namespace: "tap/pr-7", name: "AccessRefusals", value: "1", defaultValue: "0" },
    });
  });

  it("counts refused calls of AWS's APIs where there is a trail, and watches them", async () => {
    const withTrail = await deploy({ trailLogGroupName: "cloudtrail-pr-7" });
    expect(only(withTrail, "aws:cloudwatch/logMetricFilter:LogMetricFilter", "unauthorized-calls").inputs).toEqual({
      name: "unauthorized-calls-pr-7",
      logGroupName: "cloudtrail-pr-7",
      pattern: '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }',
      metricTransformation: { namespace: "tap/pr-7", name: "UnauthorizedCalls", value: "1", defaultValue: "0" },
    });
    expect(only(withTrail, "aws:cloudwatch/compositeAlarm:CompositeAlarm", "security").inputs.alarmRule).toContain(
      'ALARM("unauthorized-calls-pr-7")',
    );
  });

  it("makes each alarm of its metrics and their expression, without an action of its own", () => {
    const metric = (id: string, metricName: string) => ({
      id,
      metric: {
        namespace: "AWS/ApiGateway",
        metricName,
        dimensions: { ApiName: "records-api-pr-7", Stage: "pr-7" },
        stat: "Sum",
        period: 60,
      },
    });
    expect(only(recorded, "aws:cloudwatch/metricAlarm:MetricAlarm", "api-server-errors").inputs).toEqual({
      name: "api-server-errors-pr-7",
      alarmDescription: "More than 1 % of the API's requests fail with 5xx",
      metricQueries: [
        metric("errors", "5XXError"),
        metric("requests", "Count"),
        { id: "result", expression: "100 * errors / requests", label: "api-server-errors", returnData: true },
      ],
      comparisonOperator: "GreaterThanThreshold",
      threshold: 1,
      datapointsToAlarm: 3,
      evaluationPeriods: 5,
      treatMissingData: "notBreaching",
    });
  });

  it("makes every alarm so, as it is defined", async () => {
    const definitions = alarms({ ...environment, ...watched, natGatewayIds: ["nat-1"], auditTrail: true });
    const expected = definitions.map((alarm) => [
      alarm.type,
      {
        name: `${alarm.type}-pr-7`,
        alarmDescription: alarm.description,
        metricQueries: [
          ...Object.entries(alarm.metrics).map(([id, metric]) => ({ id, metric: { ...metric, period: alarm.period } })),
          { id: "result", expression: alarm.expression, label: alarm.type, returnData: true },
        ],
        comparisonOperator: alarm.comparison,
        threshold: alarm.threshold,
        datapointsToAlarm: alarm.datapoints[0],
        evaluationPeriods: alarm.datapoints[1],
        treatMissingData: alarm.missingData,
      },
    ]);
    const made = all(await deploy({ trailLogGroupName: "cloudtrail-pr-7" }), "aws:cloudwatch/metricAlarm:MetricAlarm");
    expect(Object.fromEntries(made.map(({ name, inputs }) => [name, inputs]))).toEqual(Object.fromEntries(expected));
  });

  it("pages once for each group of alarms, each of which is in one group", () => {
    const pages = all(recorded, "aws:cloudwatch/compositeAlarm:CompositeAlarm");
    for (const { inputs } of pages) {
      expect(inputs).toMatchObject({ alarmActions: [topic], okActions: [topic] });
      expect(inputs.insufficientDataActions).toBeUndefined();
    }
    const members = pages.flatMap(({ inputs }) => (inputs.alarmRule as string).split(" OR "));
    const names = all(recorded, "aws:cloudwatch/metricAlarm:MetricAlarm").map(({ inputs }) => inputs.name as string);
    expect(members.sort()).toEqual(names.map((name) => `ALARM("${name}")`).sort());
    expect(only(recorded, "aws:cloudwatch/compositeAlarm:CompositeAlarm", "security").inputs).toEqual({
      alarmName: "page-security-pr-7",
      alarmDescription: "Somebody may be attacking",
      alarmRule: 'ALARM("access-refusals-pr-7") OR ALARM("firewall-blocks-pr-7")',
      alarmActions: [topic],
      okActions: [topic],
    });
  });

  it("lets the API page only when what it stands on does not page already", () => {
    const pages = all(recorded, "aws:cloudwatch/compositeAlarm:CompositeAlarm");
    expect(pages.filter(({ inputs }) => inputs.actionsSuppressor).map(({ name }) => name)).toEqual(["api"]);
    expect(only(recorded, "aws:cloudwatch/compositeAlarm:CompositeAlarm", "api").inputs.actionsSuppressor).toEqual({
      alarm: "page-infrastructure-pr-7",
      waitPeriod: 120,
      extensionPeriod: 120,
    });
  });

  it("saves queries over the audit log", () => {
    const queries = all(recorded, "aws:cloudwatch/queryDefinition:QueryDefinition");
    expect(queries.map(({ inputs }) => inputs.name)).toEqual(
      [
        "addresses-of-a-user",
        "changes",
        "patients-per-user-and-hour",
        "refused-accesses",
        "what-a-user-did",
        "who-saw-a-patient",
      ].map((name) => `audit-queries-pr-7/${name}`),
    );
    expect(queries.map(({ inputs }) => inputs.logGroupNames)).toEqual(Array(6).fill(["audit-pr-7"]));
    expect(only(recorded, "aws:cloudwatch/queryDefinition:QueryDefinition", "who-saw-a-patient").inputs).toMatchObject({
      queryString: [
        'filter patientId = "<patient id>"',
        "| fields occurredAt, userId, action, recordId, version, outcome, sourceAddress, requestId",
        "| sort occurredAt desc",
      ].join("\n"),
    });
  });

  it("tells where alarms go and where the dashboard is", () => {
    expect(only(recorded, "tap:operations:Monitoring").outputs).toEqual({
      topicArn: topic,
      dashboardUrl:
        "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/records-pr-7",
    });
  });
});

describe("the dashboard", () => {
  interface Widget {
    type: string;
    x: number;
    y: number;
    width: number;
    height: number;
    properties: { title: string; alarms?: string[]; metrics?: unknown[][]; region?: string };
  }
  const widgets = async (overrides: Partial<MonitoringArgs> = {}) => {
    const { dashboardBody } = only(await deploy(overrides), "aws:cloudwatch/dashboard:Dashboard").inputs;
    return (JSON.parse(dashboardBody as string) as { widgets: Widget[] }).widgets;
  };

  it("shows the state of the pages, then the golden signals, then what is behind them", async () => {
    expect((await widgets()).map(({ properties }) => properties.title)).toEqual([
      "Pages",
      "Traffic: requests",
      "Errors: 4xx and 5xx",
      "Latency: median and slowest hundredth (ms)",
      "Saturation: requests at once, connections to PostgreSQL",
      "PostgreSQL: processor (%)",
      "PostgreSQL: free memory and storage (bytes)",
      "PostgreSQL: latency of reads and writes (s)",
      "Redis: memory (%)",
      "Redis: processor (%)",
      "Cache: hits, misses, loads, failures",
      "Redis: evictions",
      "Functions: errors",
      "Functions: throttles",
      "Functions: longest run (ms)",
      "Refused: 401 and 403, blocked by the firewall",
      "Audit: lines that failed",
      "Analytics: tasks wanted and running",
      "NAT: connections, refused for want of a port",
    ]);
  });

  it("fills whole rows, and covers nothing twice", async () => {
    for (const natGatewayIds of [[], ["nat-1"], ["nat-1", "nat-2", "nat-3"]]) {
      const cells = (await widgets({ natGatewayIds })).flatMap(({ x, y, width, height }) =>
        Array.from({ length: width * height }, (_, cell) => `${x + (cell % width)},${y + Math.floor(cell / width)}`),
      );
      const rows = 2 + 5 * 6;
      expect(new Set(cells).size).toBe(cells.length);
      expect(cells.length).toBe(24 * rows);
    }
  });

  it("reads metrics of this environment", async () => {
    const byTitle = new Map(
      (await widgets({ redisNodeCount: 3 })).map(({ properties }) => [properties.title, properties]),
    );
    expect(byTitle.get("Pages")?.alarms).toEqual(
      ["infrastructure", "capacity", "api", "audit", "integrity", "security", "credentials", "analytics"].map(page),
    );
    expect(byTitle.get("Traffic: requests")).toEqual({
      title: "Traffic: requests",
      view: "timeSeries",
      region: "eu-west-1",
      period: 60,
      metrics: [["AWS/ApiGateway", "Count", "ApiName", "records-api-pr-7", "Stage", "pr-7", { stat: "Sum" }]],
    });
    expect(byTitle.get("Redis: memory (%)")?.metrics).toEqual(
      ["redis-pr-7-001", "redis-pr-7-002", "redis-pr-7-003"].map((node) => [
        "AWS/ElastiCache",
        "DatabaseMemoryUsagePercentage",
        "CacheClusterId",
        node,
        "CacheNodeId",
        "0001",
        { stat: "Maximum" },
      ]),
    );
    expect(byTitle.get("Functions: errors")?.metrics).toHaveLength(5);
    expect(byTitle.get("NAT: connections, refused for want of a port")?.metrics).toEqual([
      ["AWS/NATGateway", "ActiveConnectionCount", "NatGatewayId", "nat-1", { stat: "Maximum" }],
      ["AWS/NATGateway", "ErrorPortAllocation", "NatGatewayId", "nat-1", { stat: "Sum" }],
    ]);
  });
});
