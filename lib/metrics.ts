import type * as pulumi from "@pulumi/pulumi";
import { type Environment } from "./environment";
import { type FunctionType, resourceName, type ResourceType } from "./naming";

/** One metric, as CloudWatch knows it. */
export interface Metric {
  namespace: string;
  metricName: string;
  dimensions: Record<string, pulumi.Input<string>>;
  /** `Sum`, `Maximum`, … or a percentile such as `p99`. */
  stat: string;
}

/** Where the environment's own metrics are: those of metric filters, which cannot carry its name otherwise. */
export function metricNamespace(environmentSuffix: string): string {
  return `tap/${environmentSuffix}`;
}

/** Whatever in an environment has metrics (each service's user guide, "Metrics and dimensions"). */
export function metricSources({ environmentSuffix, region }: Pick<Environment, "environmentSuffix" | "region">) {
  const name = (type: ResourceType) => resourceName(type, environmentSuffix);
  const own = (service: FunctionType) => source("tap", { service, environment: environmentSuffix });
  return {
    api: source("AWS/ApiGateway", { ApiName: name("records-api"), Stage: environmentSuffix }),
    functionOf: (type: FunctionType) => source("AWS/Lambda", { FunctionName: name(type) }),
    /** What the records service counts itself. */
    counted: own("records-service"),
    /** What the delivery of the audit log and the verification of the audit trail measure themselves. */
    auditTrail: own("records-operations"),
    /** What metric filters count. */
    filtered: source(metricNamespace(environmentSuffix), {}),
    firewall: source("AWS/WAFV2", { WebACL: name("records-waf"), Region: region, Rule: "ALL" }),
    database: source("AWS/RDS", { DBInstanceIdentifier: name("rds-postgres") }),
    /** @param number from 1 */
    redisNode: (number: number) =>
      source("AWS/ElastiCache", {
        CacheClusterId: `${name("redis")}-${String(number).padStart(3, "0")}`,
        CacheNodeId: "0001",
      }),
    rule: (type: ResourceType) => source("AWS/Events", { RuleName: name(type) }),
    natGateway: (NatGatewayId: pulumi.Input<string>) => source("AWS/NATGateway", { NatGatewayId }),
    tasks: source("ECS/ContainerInsights", { ClusterName: name("ecs"), ServiceName: name("analytics") }),
  };
}

function source(namespace: string, dimensions: Metric["dimensions"]) {
  return (metricName: string, stat: string): Metric => ({ namespace, metricName, dimensions, stat });
}
