import {
  ElastiCacheClient,
  ListTagsForResourceCommand,
  paginateDescribeCacheClusters,
  paginateDescribeCacheParameterGroups,
  paginateDescribeCacheSubnetGroups,
  paginateDescribeReplicationGroups,
  paginateDescribeSnapshots,
} from "@aws-sdk/client-elasticache";
import { askEach, collect, type FoundType, type Inventory, tagRecord } from "./inventory";

const replicationGroup = "aws:elasticache/replicationGroup:ReplicationGroup";

export const elasticache: Inventory = async (config) => {
  const client = new ElastiCacheClient(config);
  const found = (type: FoundType, id = "", arn?: string, owner?: string) => ({
    type,
    id,
    arn,
    owner,
    names: [id, owner],
  });
  const all = await Promise.all([
    collect(paginateDescribeReplicationGroups({ client }, {}), (page) =>
      page.ReplicationGroups?.map(({ ARN, ReplicationGroupId }) => found(replicationGroup, ReplicationGroupId, ARN)),
    ),
    collect(paginateDescribeCacheClusters({ client }, {}), (page) =>
      page.CacheClusters?.map(({ ARN, CacheClusterId, ReplicationGroupId }) =>
        found("aws:elasticache/cluster:Cluster", CacheClusterId, ARN, ReplicationGroupId),
      ),
    ),
    collect(paginateDescribeCacheSubnetGroups({ client }, {}), (page) =>
      page.CacheSubnetGroups?.map(({ ARN, CacheSubnetGroupName }) =>
        found("aws:elasticache/subnetGroup:SubnetGroup", CacheSubnetGroupName, ARN),
      ),
    ),
    collect(paginateDescribeCacheParameterGroups({ client }, {}), (page) =>
      page.CacheParameterGroups?.map(({ ARN, CacheParameterGroupName }) =>
        found("aws:elasticache/parameterGroup:ParameterGroup", CacheParameterGroupName, ARN),
      ),
    ),
    collect(paginateDescribeSnapshots({ client }, {}), (page) =>
      page.Snapshots?.map(({ ARN, SnapshotName, ReplicationGroupId }) =>
        found("aws:elasticache/snapshot:Snapshot", SnapshotName, ARN, ReplicationGroupId),
      ),
    ),
  ]);
  // AWS's own groups, which every account has.
  const listed = all.flat().filter(({ id }) => !id.startsWith("default"));
  return askEach(listed, async ({ arn, owner, ...thing }) => {
    // A replication group's nodes and snapshots are its own, tagged or not.
    const group = listed.find(({ id, type }) => type === replicationGroup && id === owner);
    return { ...thing, tags: await tags(group?.arn ?? arn), inheritsTags: group !== undefined };
  });

  async function tags(ResourceName: string | undefined): Promise<Record<string, string> | undefined> {
    try {
      const { TagList } = await client.send(new ListTagsForResourceCommand({ ResourceName }));
      return tagRecord(TagList);
    } catch (error) {
      // ElastiCache does not tell the tags of what is just being made, changed or deleted.
      if (error instanceof Error && /NotFound|Invalid\w*State/.test(error.name)) return undefined;
      throw error;
    }
  }
};
