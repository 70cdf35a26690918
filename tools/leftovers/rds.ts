import {
  paginateDescribeDBInstanceAutomatedBackups,
  paginateDescribeDBInstances,
  paginateDescribeDBParameterGroups,
  paginateDescribeDBSnapshots,
  paginateDescribeDBSubnetGroups,
  RDSClient,
} from "@aws-sdk/client-rds";
import { collect, type Inventory, tagRecord } from "./inventory";

export const rds: Inventory = async (config) => {
  const client = new RDSClient(config);
  return (
    await Promise.all([
      collect(paginateDescribeDBInstances({ client }, {}), (page) =>
        page.DBInstances?.map(({ DBInstanceIdentifier: id = "", TagList }) => ({
          type: "aws:rds/instance:Instance",
          id,
          names: [id],
          tags: tagRecord(TagList),
        })),
      ),
      collect(paginateDescribeDBSubnetGroups({ client }, {}), (page) =>
        page.DBSubnetGroups?.map(({ DBSubnetGroupName: id = "" }) => ({
          type: "aws:rds/subnetGroup:SubnetGroup",
          id,
          names: [id],
          tags: {},
        })),
      ),
      collect(paginateDescribeDBParameterGroups({ client }, {}), (page) =>
        page.DBParameterGroups?.map(({ DBParameterGroupName: id = "" }) => ({
          type: "aws:rds/parameterGroup:ParameterGroup",
          id,
          names: [id],
          tags: {},
        })),
      ),
      collect(paginateDescribeDBSnapshots({ client }, {}), (page) =>
        page.DBSnapshots?.map(({ DBSnapshotIdentifier: id = "", DBInstanceIdentifier, TagList }) => ({
          type: "aws:rds/snapshot:Snapshot",
          id,
          names: [id, DBInstanceIdentifier],
          tags: tagRecord(TagList),
        })),
      ),
      collect(paginateDescribeDBInstanceAutomatedBackups({ client }, {}), (page) =>
        page.DBInstanceAutomatedBackups?.map(({ DBInstanceArn: id = "", DBInstanceIdentifier }) => ({
          type: "aws:rds/instanceAutomatedBackup:InstanceAutomatedBackup",
          id,
          names: [DBInstanceIdentifier],
          tags: {},
        })),
      ),
    ])
  ).flat();
};
