import {
  type CacheCluster,
  DescribeCacheSubnetGroupsCommand,
  paginateDescribeCacheClusters,
  paginateDescribeCacheParameters,
  type ReplicationGroup,
} from "@aws-sdk/client-elasticache";
import { findReplicationGroup, securityGroupId, settlingLimit } from "./lookups";
import { aws, collect, nameOf, only, outputs, present } from "./stack";

let group: ReplicationGroup;
let nodes: CacheCluster[];

beforeAll(
  async () => {
    group = await findReplicationGroup();
    const clusters = await collect(
      paginateDescribeCacheClusters({ client: aws.elastiCache }, {}),
      (page) => page.CacheClusters,
    );
    nodes = clusters.filter(({ ReplicationGroupId }) => ReplicationGroupId === group.ReplicationGroupId);
  },
  (settlingLimit + 30) * 1000,
);

test("is one Redis 7 replication group under the names of the outputs", () => {
  expect(group).toMatchObject({
    ReplicationGroupId: nameOf("redis"),
    Status: "available",
    ClusterEnabled: false,
    NodeGroups: [{ PrimaryEndpoint: { Port: outputs.redisPort } }],
  });
  expect(outputs.redisPort).toBe(6379);
  expect(nodes.map(({ Engine }) => Engine)).toEqual(nodes.map(() => "redis"));
  expect(nodes.map(({ EngineVersion }) => EngineVersion)).toEqual(
    nodes.map(() => expect.stringMatching(/^7\.[01]/) as string),
  );
});

describe("encryption (45 CFR 164.312(a)(2)(iv), (e)(2)(ii))", () => {
  test("at rest is by the cache's own key", () => {
    expect(group).toMatchObject({ AtRestEncryptionEnabled: true, KmsKeyId: outputs.kmsKeyArns.cache });
  });

  test("in transit is required, and so is the AUTH token", () => {
    expect(group).toMatchObject({
      TransitEncryptionEnabled: true,
      TransitEncryptionMode: "required",
      AuthTokenEnabled: true,
    });
  });
});

describe("availability", () => {
  test("is that of two nodes at least, in two zones at least, one of which takes over by itself", () => {
    expect(group).toMatchObject({ AutomaticFailover: "enabled", MultiAZ: "enabled" });
    const members = only(group.NodeGroups, "node group").NodeGroupMembers ?? [];
    expect(members.length).toBeGreaterThanOrEqual(2);
    expect(members.map(({ CacheClusterId }) => CacheClusterId).sort()).toEqual(group.MemberClusters?.toSorted());
    const zones = members.map(({ PreferredAvailabilityZone }) => present(PreferredAvailabilityZone, "zone"));
    expect(new Set(zones).size).toBeGreaterThanOrEqual(2);
    expect(nodes.map(({ CacheClusterId }) => CacheClusterId).sort()).toEqual(group.MemberClusters?.toSorted());
  });

  test("of lost data is five days of snapshots", () => {
    expect(group).toMatchObject({ SnapshotRetentionLimit: 5, SnapshotWindow: "02:00-03:00" });
  });
});

describe("network", () => {
  test("is the isolated subnets only", async () => {
    expect(nodes.map(({ CacheSubnetGroupName }) => CacheSubnetGroupName)).toEqual(
      nodes.map(() => nameOf("redis-subnets")),
    );
    const { CacheSubnetGroups } = await aws.elastiCache.send(
      new DescribeCacheSubnetGroupsCommand({ CacheSubnetGroupName: nameOf("redis-subnets") }),
    );
    const { Subnets, VpcId } = only(CacheSubnetGroups, "subnet group");
    expect(VpcId).toBe(outputs.vpcId);
    expect(Subnets?.map(({ SubnetIdentifier }) => SubnetIdentifier).sort()).toEqual(outputs.dataSubnetIds.toSorted());
  });

  test("is guarded by Redis's security group alone", async () => {
    const GroupId = await securityGroupId("redis");
    expect(nodes.map(({ SecurityGroups }) => SecurityGroups)).toEqual(
      nodes.map(() => [{ SecurityGroupId: GroupId, Status: "active" }]),
    );
  });
});

test("delivers its slow log and its engine log, as JSON, to their groups", () => {
  const delivery = (logType: "slow-log" | "engine-log") => ({
    LogType: logType,
    DestinationType: "cloudwatch-logs",
    DestinationDetails: { CloudWatchLogsDetails: { LogGroup: nameOf(`redis-${logType}`) } },
    LogFormat: "json",
    Status: "active",
  });
  const found = group.LogDeliveryConfigurations?.toSorted((a, b) => (a.LogType ?? "").localeCompare(b.LogType ?? ""));
  expect(found).toMatchObject([delivery("engine-log"), delivery("slow-log")]);
});

test("gives up what expires soonest when memory runs out", async () => {
  expect(nodes.map(({ CacheParameterGroup }) => CacheParameterGroup?.CacheParameterGroupName)).toEqual(
    nodes.map(() => nameOf("redis-parameters")),
  );
  const parameters = await collect(
    paginateDescribeCacheParameters(
      { client: aws.elastiCache },
      { CacheParameterGroupName: nameOf("redis-parameters"), Source: "user" },
    ),
    (page) => page.Parameters,
  );
  expect(parameters.map(({ ParameterName, ParameterValue }) => [ParameterName, ParameterValue])).toEqual([
    ["maxmemory-policy", "volatile-ttl"],
  ]);
});

test("maintains itself after its snapshot, and takes minor versions by itself", () => {
  expect(group.AutoMinorVersionUpgrade).toBe(true);
  expect(nodes.map(({ PreferredMaintenanceWindow }) => PreferredMaintenanceWindow)).toEqual(
    nodes.map(() => "sun:03:30-sun:04:30"),
  );
});
