import {
  ElastiCacheClient,
  ListTagsForResourceCommand,
  paginateDescribeCacheClusters,
  paginateDescribeCacheParameterGroups,
  paginateDescribeCacheSubnetGroups,
  paginateDescribeReplicationGroups,
  paginateDescribeSnapshots,
} from "@aws-sdk/client-elasticache";
import { askEach, collect, type Found, type FoundType, type Inventory, tagRecord } from "./inventory";

const replicationGroup = "aws:elasticache/replicationGroup:ReplicationGroup";
const snapshot = "aws:elasticache/snapshot:Snapshot";

export const elasticache: Inventory = async (config) => {
  const client = new ElastiCacheClient(config);
  const found = (type: FoundType, id = "", arn?: string, owner?: string) => ({
    type,
    id,
    arn,
    owner,
    // Anybody may call a snapshot as the cache of another environment.
    names: type === snapshot ? [owner] : [id, owner],
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
      page.Snapshots?.map(({ ARN, CacheClusterId, ReplicationGroupId, SnapshotName }) =>
        found(snapshot, SnapshotName, ARN, ReplicationGroupId ?? groupOfNode(CacheClusterId)),
      ),
    ),
  ]);
  // AWS's own groups, which every account has.
  const listed = all.flat().filter(({ id }) => !id.startsWith("default"));
  return askEach(listed, async ({ arn, owner, ...thing }) => {
    // A replication group's nodes and snapshots are its own, tagged or not.
    const group = listed.find(({ id, type }) => type === replicationGroup && id === owner);
    const own = await tags(group?.arn ?? arn);
    // What a snapshot without tags was taken of, its name alone tells once its group is gone.
    const isLost = thing.type === snapshot && group === undefined && Object.keys(own ?? {}).length === 0;
    return { ...thing, tags: isLost ? undefined : own, inheritsTags: group !== undefined };
  });

  async function tags(ResourceName: string | undefined): Promise<Found["tags"]> {
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

/** A snapshot may name the node alone that it was taken of, which is called as its group, with a number. */
function groupOfNode(node: string | undefined): string | undefined {
  return /^(.+)-\d{3}$/.exec(node ?? "")?.[1];
}
