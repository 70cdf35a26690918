import {
  ListTagsForResourceCommand,
  paginateDescribeDBInstanceAutomatedBackups,
  paginateDescribeDBInstances,
  paginateDescribeDBParameterGroups,
  paginateDescribeDBSnapshots,
  paginateDescribeDBSubnetGroups,
  RDSClient,
  type Tag,
} from "@aws-sdk/client-rds";
import { askEach, collect, type Found, type FoundType, type Inventory, tagRecord } from "./inventory";

export const rds: Inventory = async (config) => {
  const client = new RDSClient(config);
  const [things, groups] = await Promise.all([instancesAndBackups(client), subnetAndParameterGroups(client)]);
  // Not AWS's own groups, which every account has.
  const own = groups.filter(({ id }) => !id.startsWith("default"));
  const taggedGroups = await askEach(own, async ({ type, id, arn }) => {
    const { TagList } = await client.send(new ListTagsForResourceCommand({ ResourceName: arn }));
    return { type, id, names: [id], tags: tagRecord(TagList) };
  });
  return [...things, ...taggedGroups];
};

async function instancesAndBackups(client: RDSClient): Promise<Found[]> {
  const found = (type: FoundType, id: string, name: string | undefined, tags: Found["tags"]): Found => ({
    type,
    id,
    names: [name],
    tags,
  });
  return (
    await Promise.all([
      collect(paginateDescribeDBInstances({ client }, {}), (page) =>
        page.DBInstances?.map(({ DBInstanceIdentifier: id = "", DeletionProtection, TagList }) => ({
          ...found("aws:rds/instance:Instance", id, id, tagRecord(TagList)),
          isProtected: DeletionProtection === true,
        })),
      ),
      collect(paginateDescribeDBSnapshots({ client }, {}), (page) =>
        page.DBSnapshots?.map(({ DBSnapshotIdentifier: id = "", DBInstanceIdentifier, TagList }) =>
          found("aws:rds/snapshot:Snapshot", id, DBInstanceIdentifier, copied(TagList)),
        ),
      ),
      collect(paginateDescribeDBInstanceAutomatedBackups({ client }, {}), (page) =>
        page.DBInstanceAutomatedBackups?.map(({ DbiResourceId: id = "", DBInstanceIdentifier, TagList }) =>
          found("aws:rds/instanceAutomatedBackup:InstanceAutomatedBackup", id, DBInstanceIdentifier, copied(TagList)),
        ),
      ),
    ])
  ).flat();
}

/** RDS makes these with the instance's tags, or with none. */
function copied(tags: Tag[] = []): Found["tags"] {
  return tags.length === 0 ? undefined : tagRecord(tags);
}

async function subnetAndParameterGroups(
  client: RDSClient,
): Promise<{ type: FoundType; id: string; arn: string | undefined }[]> {
  return (
    await Promise.all([
      collect(paginateDescribeDBSubnetGroups({ client }, {}), (page) =>
        page.DBSubnetGroups?.map(({ DBSubnetGroupArn: arn, DBSubnetGroupName: id = "" }) => ({
          type: "aws:rds/subnetGroup:SubnetGroup" as const,
          id,
          arn,
        })),
      ),
      collect(paginateDescribeDBParameterGroups({ client }, {}), (page) =>
        page.DBParameterGroups?.map(({ DBParameterGroupArn: arn, DBParameterGroupName: id = "" }) => ({
          type: "aws:rds/parameterGroup:ParameterGroup" as const,
          id,
          arn,
        })),
      ),
    ])
  ).flat();
}
