import type { Registered } from "../program";
import type { Charge, Charges } from "./cost";
import { cacheNodeHour, databaseInstanceHour, hoursPerMonth, type PriceName, prices } from "./prices";
import type { Stack } from "./resources";

/** Seconds that a scheduled call of a function takes while there is nothing to do: an assumption. */
const scheduledSeconds = 0.3;

/** Metrics that functions write by themselves, whether there is anything to do or not, by the functions' names. AuditTrailIntact is written in one hour of a day. */
const ownMetrics: Record<string, Record<string, number>> = {
  "records-operations": { AuditDeliveryDelay: 1, AuditVerifications: 1, AuditTrailIntact: 1 / 24 },
};

/** What a resource is charged for in a month without a request. */
export function costAtRest(resource: Registered, stack: Stack): Charges {
  const { inputs, type } = resource;
  switch (type) {
    case "aws:ec2/natGateway:NatGateway":
      return [hourly("NAT gateway", 1, "natGateway")];
    case "aws:ec2/eip:Eip":
      return [hourly("public IPv4 address", 1, "publicIpv4")];
    case "aws:ec2/vpcEndpoint:VpcEndpoint":
      if (inputs.vpcEndpointType !== "Interface") return [];
      return [hourly(`interface endpoint ${resource.name}`, count(inputs.subnetIds), "interfaceEndpoint")];
    case "aws:rds/instance:Instance":
      return databaseCharges(inputs);
    case "aws:elasticache/replicationGroup:ReplicationGroup":
      return cacheCharges(inputs);
    case "aws:ecs/service:Service":
      return taskCharges(resource, stack);
    case "aws:cloudwatch/eventRule:EventRule":
      return scheduleCharges(resource, stack);
    case "aws:cloudtrail/trail:Trail":
      return recordsFunctions(resource) ? [scheduledEvents(stack)] : [];
    case "aws:lambda/function:Function":
      return Object.entries(ownMetrics[resource.name] ?? {}).map(([metric, share]) =>
        monthly(`metric ${metric}`, share, "customMetric"),
      );
    case "aws:kms/key:Key":
      return [monthly("key", 1, "key")];
    case "aws:secretsmanager/secret:Secret":
      return [monthly("secret", 1, "secret")];
    case "aws:wafv2/webAcl:WebAcl":
      return [monthly("firewall", 1, "webAcl"), monthly("rule of the firewall", count(inputs.rules), "webAclRule")];
    case "aws:cloudwatch/metricAlarm:MetricAlarm":
      return [monthly("alarm", metricsOf(inputs.metricQueries), "alarm")];
    case "aws:cloudwatch/compositeAlarm:CompositeAlarm":
      return [monthly("composite alarm", 1, "compositeAlarm")];
    case "aws:cloudwatch/dashboard:Dashboard":
      return [monthly("dashboard", 1, "dashboard")];
    case "aws:cloudwatch/logMetricFilter:LogMetricFilter":
      return [monthly("metric from a log", 1, "customMetric")];
    default:
      return [];
  }
}

function databaseCharges({
  allocatedStorage,
  instanceClass,
  manageMasterUserPassword,
  multiAz,
}: Registered["inputs"]): Charges {
  const zones = multiAz === true ? 2 : 1;
  const size = String(instanceClass);
  const price = databaseInstanceHour[size];
  return [
    price
      ? { what: `database ${size}`, quantity: zones * hoursPerMonth, unit: "hours", price }
      : `no price known for the database's instance class ${size}`,
    {
      what: "database storage",
      quantity: zones * Number(allocatedStorage),
      unit: "GiB",
      price: prices.databaseStorage,
    },
    ...(manageMasterUserPassword === true ? [monthly("secret of the database's master", 1, "secret")] : []),
  ];
}

function cacheCharges({ nodeType, numCacheClusters }: Registered["inputs"]): Charges {
  const type = String(nodeType);
  const price = cacheNodeHour[type];
  return [
    price
      ? { what: `Redis ${type}`, quantity: Number(numCacheClusters) * hoursPerMonth, unit: "hours", price }
      : `no price known for Redis's node type ${type}`,
  ];
}

function taskCharges(service: Registered, stack: Stack): Charges {
  const tasks = Number(service.inputs.desiredCount);
  const [definition] = stack.referred(service, "taskDefinition");
  if (!definition || tasks === 0) return [];
  const hours = tasks * hoursPerMonth;
  return [
    {
      what: "vCPU of tasks",
      quantity: (hours * Number(definition.inputs.cpu)) / 1024,
      unit: "vCPU hours",
      price: prices.fargateCpu,
    },
    {
      what: "memory of tasks",
      quantity: (hours * Number(definition.inputs.memory)) / 1024,
      unit: "GiB hours",
      price: prices.fargateMemory,
    },
  ];
}

function scheduleCharges(rule: Registered, stack: Stack): Charges {
  return scheduledCalls(rule, stack).flatMap(({ calls, called: { inputs, name } }) => [
    { what: `calls of ${name} on schedule`, quantity: calls / 1e6, unit: "million", price: prices.functionRequests },
    {
      what: `time of ${name} on schedule, ${scheduledSeconds} s a call`,
      quantity: (calls * scheduledSeconds * Number(inputs.memorySize)) / 1024,
      unit: "GiB seconds",
      price: prices.functionTime,
    },
  ]);
}

/** Each of the calls is an event of the trail, too. */
function scheduledEvents(stack: Stack): Charge {
  const calls = stack
    .ofType("aws:cloudwatch/eventRule:EventRule")
    .flatMap((rule) => scheduledCalls(rule, stack))
    .reduce((sum, { calls }) => sum + calls, 0);
  return {
    what: "calls of functions on schedule in the trail",
    quantity: calls / 1e6,
    unit: "million",
    price: prices.trailEvents,
  };
}

/** Functions that a schedule calls, whether there is anything to do or not, and how often in a month. */
function scheduledCalls(rule: Registered, stack: Stack): { called: Registered; calls: number }[] {
  const [, amount, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(String(rule.inputs.scheduleExpression)) ?? [];
  if (unit === undefined) return [];
  const calls =
    (hoursPerMonth * { minute: 60, hour: 1, day: 1 / 24 }[unit as "minute" | "hour" | "day"]) / Number(amount);
  return stack
    .referring("aws:cloudwatch/eventTarget:EventTarget", "rule", rule)
    .flatMap((target) => stack.referred(target, "arn"))
    .filter(({ type }) => type === "aws:lambda/function:Function")
    .map((called) => ({ called, calls }));
}

/** Whether a trail records each call of the functions, which CloudTrail charges for. */
export function recordsFunctions(trail: Registered): boolean {
  return JSON.stringify(trail.inputs.advancedEventSelectors ?? []).includes('"AWS::Lambda::Function"');
}

function metricsOf(queries: unknown): number {
  if (!Array.isArray(queries)) return 1;
  return queries.filter((query: object) => "metric" in query).length;
}

function hourly(what: string, number: number, price: PriceName): Charge {
  return { what, quantity: number * hoursPerMonth, unit: "hours", price: prices[price] };
}

function monthly(what: string, quantity: number, price: PriceName): Charge {
  return { what, quantity, unit: "", price: prices[price] };
}

function count(list: unknown): number {
  return Array.isArray(list) ? list.length : 0;
}
