import {
  DeleteCacheClusterCommand,
  DeleteCacheParameterGroupCommand,
  DeleteCacheSubnetGroupCommand,
  DeleteReplicationGroupCommand,
  DeleteSnapshotCommand,
  DescribeCacheClustersCommand,
  DescribeReplicationGroupsCommand,
  ElastiCacheClient,
} from "@aws-sdk/client-elasticache";
import { goesWithItsOwner, inMinutes, type Removals } from "./removal";

export const elasticache: Removals<
  | "aws:elasticache/cluster:Cluster"
  | "aws:elasticache/parameterGroup:ParameterGroup"
  | "aws:elasticache/replicationGroup:ReplicationGroup"
  | "aws:elasticache/snapshot:Snapshot"
  | "aws:elasticache/subnetGroup:SubnetGroup"
> = (config) => {
  const client = new ElastiCacheClient(config);
  return {
    "aws:elasticache/cluster:Cluster": inMinutes(
      async (CacheClusterId) => {
        const { CacheClusters } = await client.send(new DescribeCacheClustersCommand({ CacheClusterId }));
        return CacheClusters?.[0]?.CacheClusterStatus;
      },
      (CacheClusterId) => client.send(new DeleteCacheClusterCommand({ CacheClusterId })),
    ),
    "aws:elasticache/parameterGroup:ParameterGroup": ({ id: CacheParameterGroupName }) =>
      client.send(new DeleteCacheParameterGroupCommand({ CacheParameterGroupName })),
    "aws:elasticache/replicationGroup:ReplicationGroup": inMinutes(
      async (ReplicationGroupId) => {
        const { ReplicationGroups } = await client.send(new DescribeReplicationGroupsCommand({ ReplicationGroupId }));
        return ReplicationGroups?.[0]?.Status;
      },
      (ReplicationGroupId) => client.send(new DeleteReplicationGroupCommand({ ReplicationGroupId })),
    ),
    "aws:elasticache/snapshot:Snapshot": (found) =>
      found.id.startsWith("automatic.")
        ? goesWithItsOwner(found)
        : client.send(new DeleteSnapshotCommand({ SnapshotName: found.id })),
    "aws:elasticache/subnetGroup:SubnetGroup": ({ id: CacheSubnetGroupName }) =>
      client.send(new DeleteCacheSubnetGroupCommand({ CacheSubnetGroupName })),
  };
};
