import type * as pulumi from "@pulumi/pulumi";
import { pageArns } from "./alarms";
import { type Environment } from "./environment";
import { type Metric, metricSources } from "./metrics";
import { functionTypes } from "./naming";

export interface DashboardArgs extends Environment {
  redisNodeCount: number;
  natGatewayIds: pulumi.Input<string>[];
}

/** A dashboard's content (CloudWatch API reference, "Dashboard body structure and syntax"). */
export interface DashboardBody {
  widgets: Widget[];
}

interface Widget {
  type: "metric" | "alarm";
  x: number;
  y: number;
  width: number;
  height: number;
  properties: Record<string, unknown>;
}

/** Columns of a dashboard. */
const columns = 24;

/** The golden signals of the API on top, then what it stands on, what runs beside it, and who is refused. */
export function dashboard(args: DashboardArgs): DashboardBody {
  const { natGatewayIds } = args;
  const { api, counted, database, filtered, firewall, functionOf, natGateway, redisNode, tasks } = metricSources(args);
  const service = functionOf("records-service");
  const functions = (metricName: string, stat: string) =>
    functionTypes.map((type) => functionOf(type)(metricName, stat));
  const redis = (metricName: string, stat: string) =>
    Array.from({ length: args.redisNodeCount }, (_, index) => redisNode(index + 1)(metricName, stat));

  return layOut(args, [
    [
      { title: "Traffic: requests", lines: [api("Count", "Sum")] },
      { title: "Errors: 4xx and 5xx", lines: [api("4XXError", "Sum"), api("5XXError", "Sum")] },
      { title: "Latency: median and slowest hundredth (ms)", lines: [api("Latency", "p50"), api("Latency", "p99")] },
      {
        title: "Saturation: requests at once, connections to PostgreSQL",
        lines: [service("ConcurrentExecutions", "Maximum"), database("DatabaseConnections", "Maximum")],
      },
    ],
    [
      { title: "PostgreSQL: processor (%)", lines: [database("CPUUtilization", "Average")] },
      {
        title: "PostgreSQL: free memory and storage (bytes)",
        lines: [database("FreeableMemory", "Average"), database("FreeStorageSpace", "Minimum")],
      },
      {
        title: "PostgreSQL: latency of reads and writes (s)",
        lines: [database("ReadLatency", "Average"), database("WriteLatency", "Average")],
      },
    ],
    [
      { title: "Redis: memory (%)", lines: redis("DatabaseMemoryUsagePercentage", "Maximum") },
      { title: "Redis: processor (%)", lines: redis("EngineCPUUtilization", "Maximum") },
      {
        title: "Cache: hits, misses, loads, failures",
        lines: ["CacheHits", "CacheMisses", "CacheLoads", "CacheFailures"].map((metric) => counted(metric, "Sum")),
      },
      { title: "Redis: evictions", lines: redis("Evictions", "Sum") },
    ],
    [
      { title: "Functions: errors", lines: functions("Errors", "Sum") },
      { title: "Functions: throttles", lines: functions("Throttles", "Sum") },
      { title: "Functions: longest run (ms)", lines: functions("Duration", "Maximum") },
    ],
    [
      {
        title: "Refused: 401 and 403, blocked by the firewall",
        lines: [filtered("AccessRefusals", "Sum"), firewall("BlockedRequests", "Sum")],
      },
      { title: "Audit: lines that failed", lines: [counted("AuditLogFailures", "Sum")] },
      {
        title: "Analytics: tasks wanted and running",
        lines: [tasks("DesiredTaskCount", "Average"), tasks("RunningTaskCount", "Average")],
      },
      ...(natGatewayIds.length === 0
        ? []
        : [
            {
              title: "NAT: connections, refused for want of a port",
              lines: natGatewayIds.flatMap((id) => [
                natGateway(id)("ActiveConnectionCount", "Maximum"),
                natGateway(id)("ErrorPortAllocation", "Sum"),
              ]),
            },
          ]),
    ],
  ]);
}

/** Rows of graphs of equal width under the state of all pages. */
function layOut(args: DashboardArgs, rows: { title: string; lines: Metric[] }[][]): DashboardBody {
  const alarmHeight = 2;
  const height = 6;
  return {
    widgets: [
      {
        type: "alarm",
        x: 0,
        y: 0,
        width: columns,
        height: alarmHeight,
        properties: { title: "Pages", alarms: pageArns(args) },
      },
      ...rows.flatMap((row, rowIndex) =>
        row.map(({ title, lines }, index): Widget => {
          const width = columns / row.length;
          return {
            type: "metric",
            x: index * width,
            y: alarmHeight + rowIndex * height,
            width,
            height,
            properties: { title, view: "timeSeries", region: args.region, period: 60, metrics: lines.map(asLine) },
          };
        }),
      ),
    ],
  };
}

/** A line of a graph: namespace, metric, its dimensions in pairs, and how values are put together. */
function asLine({ namespace, metricName, dimensions, stat }: Metric) {
  return [namespace, metricName, ...Object.entries(dimensions).flat(), { stat }];
}
