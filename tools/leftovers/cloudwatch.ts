import {
  CloudWatchClient,
  ListTagsForResourceCommand,
  paginateDescribeAlarms,
  paginateListDashboards,
} from "@aws-sdk/client-cloudwatch";
import { askEach, collect, type Found, type Inventory, tagRecord } from "./inventory";

export const cloudWatch: Inventory = async (config) => {
  const client = new CloudWatchClient(config);
  const AlarmTypes = ["MetricAlarm" as const, "CompositeAlarm" as const];
  const alarms = await collect(paginateDescribeAlarms({ client }, { AlarmTypes }), (page) => [
    ...(page.MetricAlarms ?? []).map((alarm) => ({
      ...alarm,
      type: "aws:cloudwatch/metricAlarm:MetricAlarm" as const,
    })),
    ...(page.CompositeAlarms ?? []).map((alarm) => ({
      ...alarm,
      type: "aws:cloudwatch/compositeAlarm:CompositeAlarm" as const,
    })),
  ]);
  const dashboards = await collect(paginateListDashboards({ client }, {}), (page) => page.DashboardEntries);
  const tagged = await askEach(alarms, async ({ AlarmArn, AlarmName = "", type }) => {
    const { Tags } = await client.send(new ListTagsForResourceCommand({ ResourceARN: AlarmArn }));
    return { type, id: AlarmName, names: [AlarmName], tags: tagRecord(Tags) };
  });
  return [
    ...tagged,
    ...dashboards.map(({ DashboardName = "" }): Found => ({
      type: "aws:cloudwatch/dashboard:Dashboard",
      id: DashboardName,
      names: [DashboardName],
      tags: undefined,
    })),
  ];
};
