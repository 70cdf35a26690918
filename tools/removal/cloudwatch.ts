import { CloudWatchClient, DeleteAlarmsCommand, DeleteDashboardsCommand } from "@aws-sdk/client-cloudwatch";
import type { Removal, Removals } from "./removal";

export const cloudWatch: Removals<
  | "aws:cloudwatch/compositeAlarm:CompositeAlarm"
  | "aws:cloudwatch/dashboard:Dashboard"
  | "aws:cloudwatch/metricAlarm:MetricAlarm"
> = (config) => {
  const client = new CloudWatchClient(config);
  const alarm: Removal = ({ id }) => client.send(new DeleteAlarmsCommand({ AlarmNames: [id] }));
  return {
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": alarm,
    "aws:cloudwatch/dashboard:Dashboard": ({ id }) =>
      client.send(new DeleteDashboardsCommand({ DashboardNames: [id] })),
    "aws:cloudwatch/metricAlarm:MetricAlarm": alarm,
  };
};
