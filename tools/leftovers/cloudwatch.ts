import {
  CloudWatchClient,
  ListTagsForResourceCommand,
  paginateDescribeAlarms,
  paginateListDashboards,
} from "@aws-sdk/client-cloudwatch";
import { collect, type Inventory, tagRecord } from "./inventory";

export const cloudWatch: Inventory = async (config) => {
  const client = new CloudWatchClient(config);
  const AlarmTypes = ["MetricAlarm" as const, "CompositeAlarm" as const];
  const alarms = await collect(paginateDescribeAlarms({ client }, { AlarmTypes }), (page) => [
    ...(page.MetricAlarms ?? []).map((alarm) => ({ ...alarm, type: "aws:cloudwatch/metricAlarm:MetricAlarm" })),
    ...(page.CompositeAlarms ?? []).map((alarm) => ({
      ...alarm,
      type: "aws:cloudwatch/compositeAlarm:CompositeAlarm",
    })),
  ]);
  const dashboards = await collect(paginateListDashboards({ client }, {}), (page) => page.DashboardEntries);
  const tagged = await Promise.all(
    alarms.map(async ({ AlarmArn, AlarmName = "", type }) => {
      const { Tags } = await client.send(new ListTagsForResourceCommand({ ResourceARN: AlarmArn }));
      return { type, id: AlarmName, names: [AlarmName], tags: tagRecord(Tags) };
    }),
  );
  return [
    ...tagged,
    ...dashboards.map(({ DashboardName = "" }) => ({
      type: "aws:cloudwatch/dashboard:Dashboard",
      id: DashboardName,
      names: [DashboardName],
      tags: {},
    })),
  ];
};
