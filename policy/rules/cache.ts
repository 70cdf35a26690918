import { all, atLeast, is, isCustomerKey, isNot, isSet } from "../expectations";
import type { Rule } from "../rule";
import { at, isGiven, list } from "../values";

const replicationGroup = "aws:elasticache/replicationGroup:ReplicationGroup";

export const cacheRules: Rule[] = [
  {
    name: "cache-encrypted-at-rest",
    description: "Redis is encrypted at rest, snapshots included, with a customer-managed key.",
    controls: ["45 CFR 164.312(a)(2)(iv)", "FSBP ElastiCache.4"],
    severity: "critical",
    enforcement: "mandatory",
    remedy: "Set atRestEncryptionEnabled to true and kmsKeyId to the cache's key. An existing group must be replaced.",
    types: [replicationGroup],
    scope: "resource",
    check: all(is("atRestEncryptionEnabled", true), isCustomerKey("kmsKeyId")),
  },
  {
    name: "cache-encrypted-in-transit",
    description: "Redis refuses connections without TLS.",
    controls: ["45 CFR 164.312(e)(1)", "45 CFR 164.312(e)(2)(ii)", "FSBP ElastiCache.5"],
    severity: "critical",
    enforcement: "mandatory",
    remedy: "Set transitEncryptionEnabled to true and transitEncryptionMode to required.",
    types: [replicationGroup],
    scope: "resource",
    check: all(is("transitEncryptionEnabled", true), is("transitEncryptionMode", "required")),
  },
  {
    name: "cache-authenticates",
    description: "Redis admits only who knows its AUTH token or is a user of its own.",
    controls: ["45 CFR 164.312(d)", "FSBP ElastiCache.6"],
    severity: "critical",
    enforcement: "mandatory",
    remedy: "Set authToken from the generated secret.",
    types: [replicationGroup],
    scope: "resource",
    check: ({ inputs }) =>
      isGiven(inputs, "authToken") || isGiven(inputs, "userGroupIds")
        ? []
        : ["neither authToken nor userGroupIds is set"],
  },
  {
    name: "cache-private",
    description: "Redis stands in subnets and security groups of the environment.",
    controls: ["45 CFR 164.312(a)(1)", "FSBP ElastiCache.7"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Set subnetGroupName and securityGroupIds to those of the environment.",
    types: [replicationGroup],
    scope: "resource",
    check: all(isSet("subnetGroupName"), isNot("subnetGroupName", "default"), isSet("securityGroupIds")),
  },
  {
    name: "cache-logs",
    description: "Redis's engine log and slow log go to CloudWatch Logs.",
    controls: ["45 CFR 164.312(b)"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set logDeliveryConfigurations for slow-log and engine-log, each to a log group.",
    types: [replicationGroup],
    scope: "resource",
    check: ({ inputs }) => {
      const delivered = list(inputs.logDeliveryConfigurations)
        .filter((configuration) => at(configuration, "destinationType") === "cloudwatch-logs")
        .map((configuration) => at(configuration, "logType"));
      return ["slow-log", "engine-log"]
        .filter((log) => !delivered.includes(log))
        .map((log) => `logDeliveryConfigurations has no ${log} to cloudwatch-logs`);
    },
  },
  {
    name: "cache-failover",
    description: "A replica in a second zone takes over when Redis's primary fails.",
    controls: ["45 CFR 164.308(a)(7)(ii)(C)", "FSBP ElastiCache.3"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set automaticFailoverEnabled and multiAzEnabled to true, and numCacheClusters to 2 or more.",
    types: [replicationGroup],
    scope: "resource",
    check: all(is("automaticFailoverEnabled", true), is("multiAzEnabled", true), atLeast("numCacheClusters", 2)),
  },
  {
    name: "cache-backups",
    description: "Redis is backed up every day.",
    controls: ["45 CFR 164.308(a)(7)(ii)(A)", "FSBP ElastiCache.1"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Set snapshotRetentionLimit to 1 or more.",
    types: [replicationGroup],
    scope: "resource",
    check: atLeast("snapshotRetentionLimit", 1),
  },
  {
    name: "cache-upgrades",
    description: "Minor versions, which close security holes, are installed by themselves.",
    controls: ["45 CFR 164.308(a)(5)(ii)(B)", "FSBP ElastiCache.2"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Set autoMinorVersionUpgrade to true.",
    types: [replicationGroup],
    scope: "resource",
    check: is("autoMinorVersionUpgrade", true),
  },
];
