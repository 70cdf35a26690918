import {
  DescribeAlarmsCommand,
  GetDashboardCommand,
  paginateDescribeAlarms,
  type MetricAlarm,
} from "@aws-sdk/client-cloudwatch";
import { DescribeMetricFiltersCommand, DescribeQueryDefinitionsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { GetTopicAttributesCommand } from "@aws-sdk/client-sns";
import { pageArns } from "../../lib/alarms";
import { auditQueries } from "../../lib/audit-queries";
import {
  accountId,
  aws,
  canonical,
  collect,
  environmentSuffix,
  nameOf,
  only,
  outputs,
  parsePolicy,
  partition,
  region,
} from "./stack";

const environment = { environmentSuffix, region, accountId, partition };

async function alarmsOfEnvironment(): Promise<MetricAlarm[]> {
  const alarms = await collect(
    paginateDescribeAlarms({ client: aws.cloudWatch }, { AlarmTypes: ["MetricAlarm"] }),
    (page) => page.MetricAlarms,
  );
  return alarms.filter(({ AlarmName = "" }) => AlarmName.endsWith(`-${environmentSuffix}`));
}

async function pages() {
  const AlarmNames = pageArns(environment).map((arn) => arn.split(":").at(-1) ?? "");
  const { CompositeAlarms = [] } = await aws.cloudWatch.send(
    new DescribeAlarmsCommand({ AlarmTypes: ["CompositeAlarm"], AlarmNames }),
  );
  return CompositeAlarms;
}

test("pages are sent for every alarm by exactly one group, and to the topic only", async () => {
  const found = await pages();
  expect(found.map(({ AlarmArn }) => AlarmArn).sort()).toEqual(pageArns(environment).sort());
  for (const page of found) {
    expect(page).toMatchObject({
      ActionsEnabled: true,
      AlarmActions: [outputs.alarmTopicArn],
      OKActions: [outputs.alarmTopicArn],
    });
  }
  const members = found.flatMap(({ AlarmRule = "" }) => AlarmRule.match(/(?<=ALARM\(")[^"]+/g) ?? []);
  const alarms = await alarmsOfEnvironment();
  expect(alarms.length).toBeGreaterThanOrEqual(38);
  expect(members.sort()).toEqual(alarms.map(({ AlarmName }) => AlarmName).sort());
});

test("of the API stays away while the infrastructure pages", async () => {
  const page = only(
    (await pages()).filter(({ ActionsSuppressor }) => ActionsSuppressor),
    "suppressed page",
  );
  expect(page).toMatchObject({
    AlarmName: nameOf("page-api"),
    ActionsSuppressor: nameOf("page-infrastructure"),
    ActionsSuppressorWaitPeriod: 120,
    ActionsSuppressorExtensionPeriod: 120,
  });
});

test("alarms are on metrics of this environment", async () => {
  const [api] = (await alarmsOfEnvironment()).filter(({ AlarmName }) => AlarmName === nameOf("api-server-errors"));
  expect(api?.Metrics?.map(({ Id, Expression, MetricStat }) => [Id, Expression ?? MetricStat?.Metric]).sort()).toEqual(
    [
      ["errors", "5XXError"],
      ["requests", "Count"],
      ["result", "100 * errors / requests"],
    ].map(([id, value = ""]) => [
      id,
      id === "result"
        ? value
        : {
            Namespace: "AWS/ApiGateway",
            MetricName: value,
            Dimensions: expect.arrayContaining([
              { Name: "ApiName", Value: nameOf("records-api") },
              { Name: "Stage", Value: environmentSuffix },
            ]) as unknown,
          },
    ]),
  );
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
