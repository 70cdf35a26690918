import {
  ElastiCacheClient,
  paginateDescribeCacheClusters,
  paginateDescribeCacheParameterGroups,
  paginateDescribeCacheSubnetGroups,
  paginateDescribeReplicationGroups,
  paginateDescribeSnapshots,
} from "@aws-sdk/client-elasticache";
import { collect, type Found, type Inventory } from "./inventory";

export const elasticache: Inventory = async (config) => {
  const client = new ElastiCacheClient(config);
  const found = (kind: string, id = "", owner?: string): Found => ({
    type: `aws:elasticache/${kind}`,
    id,
    names: [id, owner],
    tags: {},
  });
  return (
    await Promise.all([
      collect(paginateDescribeReplicationGroups({ client }, {}), (page) =>
        page.ReplicationGroups?.map(({ ReplicationGroupId }) =>
          found("replicationGroup:ReplicationGroup", ReplicationGroupId),
        ),
      ),
      collect(paginateDescribeCacheClusters({ client }, {}), (page) =>
        page.CacheClusters?.map(({ CacheClusterId, ReplicationGroupId }) =>
          found("cluster:Cluster", CacheClusterId, ReplicationGroupId),
        ),
      ),
      collect(paginateDescribeCacheSubnetGroups({ client }, {}), (page) =>
        page.CacheSubnetGroups?.map(({ CacheSubnetGroupName }) =>
          found("subnetGroup:SubnetGroup", CacheSubnetGroupName),
        ),
      ),
      collect(paginateDescribeCacheParameterGroups({ client }, {}), (page) =>
        page.CacheParameterGroups?.map(({ CacheParameterGroupName }) =>
          found("parameterGroup:ParameterGroup", CacheParameterGroupName),
        ),
      ),
      collect(paginateDescribeSnapshots({ client }, {}), (page) =>
        page.Snapshots?.map(({ SnapshotName, ReplicationGroupId }) =>
          found("snapshot:Snapshot", SnapshotName, ReplicationGroupId),
        ),
      ),
    ])
  ).flat();
};
