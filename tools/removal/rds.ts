import {
  DeleteDBInstanceAutomatedBackupCommand,
  DeleteDBInstanceCommand,
  DeleteDBParameterGroupCommand,
  DeleteDBSnapshotCommand,
  DeleteDBSubnetGroupCommand,
  DescribeDBInstancesCommand,
  RDSClient,
} from "@aws-sdk/client-rds";
import { goesWithItsOwner, inMinutes, type Removals } from "./removal";

export const rds: Removals<
  | "aws:rds/instance:Instance"
  | "aws:rds/instanceAutomatedBackup:InstanceAutomatedBackup"
  | "aws:rds/parameterGroup:ParameterGroup"
  | "aws:rds/snapshot:Snapshot"
  | "aws:rds/subnetGroup:SubnetGroup"
> = (config) => {
  const client = new RDSClient(config);
  return {
    // An instance that somebody has protected against deletion is refused, and stays.
    "aws:rds/instance:Instance": inMinutes(
      async (DBInstanceIdentifier) => {
        const { DBInstances } = await client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }));
        return DBInstances?.[0]?.DBInstanceStatus;
      },
      (DBInstanceIdentifier) =>
        client.send(
          new DeleteDBInstanceCommand({ DBInstanceIdentifier, SkipFinalSnapshot: true, DeleteAutomatedBackups: true }),
        ),
    ),
    "aws:rds/instanceAutomatedBackup:InstanceAutomatedBackup": ({ id: DbiResourceId }) =>
      client.send(new DeleteDBInstanceAutomatedBackupCommand({ DbiResourceId })),
    "aws:rds/parameterGroup:ParameterGroup": ({ id: DBParameterGroupName }) =>
      client.send(new DeleteDBParameterGroupCommand({ DBParameterGroupName })),
    // Those that RDS made by itself go with the backups.
    "aws:rds/snapshot:Snapshot": (found) =>
      found.id.startsWith("rds:")
        ? goesWithItsOwner(found)
        : client.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: found.id })),
    "aws:rds/subnetGroup:SubnetGroup": ({ id: DBSubnetGroupName }) =>
      client.send(new DeleteDBSubnetGroupCommand({ DBSubnetGroupName })),
  };
};
