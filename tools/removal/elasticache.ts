import {
  DeleteCacheClusterCommand,
  DeleteCacheParameterGroupCommand,
  DeleteCacheSubnetGroupCommand,
  DeleteReplicationGroupCommand,
  DeleteSnapshotCommand,
  ElastiCacheClient,
  waitUntilCacheClusterDeleted,
  waitUntilReplicationGroupDeleted,
} from "@aws-sdk/client-elasticache";
import { goesWithItsOwner, limitInSeconds, type Removals } from "./removal";

export const elasticache: Removals<
  | "aws:elasticache/cluster:Cluster"
  | "aws:elasticache/parameterGroup:ParameterGroup"
  | "aws:elasticache/replicationGroup:ReplicationGroup"
  | "aws:elasticache/snapshot:Snapshot"
  | "aws:elasticache/subnetGroup:SubnetGroup"
> = (config) => {
  const client = new ElastiCacheClient(config);
  const patience = { client, maxWaitTime: limitInSeconds };
  return {
    "aws:elasticache/cluster:Cluster": async ({ id: CacheClusterId }) => {
      await client.send(new DeleteCacheClusterCommand({ CacheClusterId }));
      await waitUntilCacheClusterDeleted(patience, { CacheClusterId });
    },
    "aws:elasticache/parameterGroup:ParameterGroup": ({ id: CacheParameterGroupName }) =>
      client.send(new DeleteCacheParameterGroupCommand({ CacheParameterGroupName })),
    "aws:elasticache/replicationGroup:ReplicationGroup": async ({ id: ReplicationGroupId }) => {
      await client.send(new DeleteReplicationGroupCommand({ ReplicationGroupId }));
      await waitUntilReplicationGroupDeleted(patience, { ReplicationGroupId });
    },
    "aws:elasticache/snapshot:Snapshot": (found) =>
      found.id.startsWith("automatic.")
        ? goesWithItsOwner(found)
        : client.send(new DeleteSnapshotCommand({ SnapshotName: found.id })),
    "aws:elasticache/subnetGroup:SubnetGroup": ({ id: CacheSubnetGroupName }) =>
      client.send(new DeleteCacheSubnetGroupCommand({ CacheSubnetGroupName })),
  };
};
