"""RDS: identity, versions, managed master secret, options of an instance, parameter and subnet groups."""

import json
import secrets
import string
import uuid

from moto.core.responses import ActionResult
from moto.rds.exceptions import InvalidParameterCombination, RDSClientError
from moto.rds.models import (
    DBInstance,
    DBInstanceAutomatedBackup,
    DBParameterGroup,
    MasterUserSecret,
    RDSBackend,
)
from moto.rds.responses import RDSResponse

from extension import adds, extends, replaces

# The minor versions of PostgreSQL that the local cloud offers, oldest first.
POSTGRES_VERSIONS = ["14.18", "14.19", "15.13", "15.14", "16.9", "16.10", "17.5", "17.6"]

DEFAULT_AUTHORITY = "rds-ca-rsa2048-g1"


# Instances


@extends(DBInstance)
def __init__(original, self, *args, **kwargs):
    """AWS gives each its own id, a default authority and the newest minor version, and keeps these options."""
    kwargs.setdefault("ca_certificate_identifier", DEFAULT_AUTHORITY)
    if kwargs["engine"] == "postgres":
        kwargs["engine_version"] = postgres_version(kwargs.get("engine_version"))
    original(self, *args, **kwargs)
    self.dbi_resource_id = f"db-{uuid.uuid4().hex[:26].upper()}"
    self.enable_performance_insights = kwargs.get("enable_performance_insights", False)
    self.performance_insights_kms_key_id = kwargs.get("performance_insights_kms_key_id")
    self.performance_insights_retention_period = kwargs.get("performance_insights_retention_period")
    self.database_insights_mode = kwargs.get("database_insights_mode", "standard")
    self.network_type = kwargs.get("network_type", "IPV4")


def postgres_version(version, current=None):
    """AWS takes a major version as its newest minor one, or as the one that runs already, and knows no others."""
    if current and current.startswith(f"{version}."):
        return current
    offered = [known for known in POSTGRES_VERSIONS if not version or f"{known}.".startswith(f"{version}.")]
    if not offered:
        raise InvalidParameterCombination(f"Cannot find version {version} for postgres")
    return offered[-1]


@adds(DBInstance)
@property
def performance_insights_enabled(self):
    """AWS answers whether Performance Insights is on, under another name than the one it is asked by."""
    return self.enable_performance_insights


@extends(RDSBackend)
def modify_db_instance(original, self, db_instance_identifier, db_kwargs):
    """AWS upgrades to a major version only where that is allowed in so many words."""
    current = self.describe_db_instances(db_instance_identifier)[0].engine_version
    if "engine_version" in db_kwargs:
        wanted = postgres_version(db_kwargs["engine_version"], current)
        if wanted.split(".")[0] != current.split(".")[0] and not db_kwargs.get("allow_major_version_upgrade"):
            raise InvalidParameterCombination(
                "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version."
            )
        db_kwargs["engine_version"] = wanted
    return original(self, db_instance_identifier, db_kwargs)


@replaces(MasterUserSecret)
def _generate_secret_string(self):
    """AWS stores the master user's name and a password of its own making."""
    alphabet = string.ascii_letters + string.digits + "!#$%&*()_+-=[]{}|<>?"
    password = "".join(secrets.choice(alphabet) for _ in range(28))
    return json.dumps({"username": self.resource.master_username, "password": password})


# Backups


@adds(DBInstanceAutomatedBackup)
@property
def dbi_resource_id(self):
    """AWS identifies the backups of an instance by the instance's own id."""
    return self.automated_snapshots[0].dbi_resource_id


@adds(DBInstanceAutomatedBackup)
@property
def tag_list(self):
    """AWS gives backups the tags of the instance."""
    return self.automated_snapshots[0].tags


@adds(RDSResponse)
def delete_db_instance_automated_backup(self):
    """AWS deletes the backups that an instance has left, and no others."""
    resource_id = self.params.get("DbiResourceId")
    for backup in self.backend.describe_db_instance_automated_backups():
        if backup.dbi_resource_id != resource_id:
            continue
        if backup.status != "retained":
            raise RDSClientError(
                "InvalidDBInstanceAutomatedBackupState",
                f"The automated backups of {resource_id} are not retained ones: its instance exists.",
            )
        for snapshot in backup.automated_snapshots:
            self.backend.delete_db_snapshot(snapshot.db_snapshot_identifier)
        return ActionResult({"DBInstanceAutomatedBackup": {"DbiResourceId": resource_id, "Status": "deleting"}})
    raise RDSClientError("DBInstanceAutomatedBackupNotFound", f"There are no automated backups of {resource_id}.")


# Parameter groups


@extends(DBParameterGroup)
def update_parameters(original, self, new_parameters):
    """AWS marks a parameter that was set with the source `user`."""
    original(self, [{**parameter, "Source": "user"} for parameter in new_parameters])


@adds(RDSResponse)
def reset_db_parameter_group(self):
    """AWS returns parameters, or all of them, to the family's default."""
    [group] = self.backend.describe_db_parameter_groups(
        {"db_parameter_group_name": self.params["DBParameterGroupName"]}
    )
    if self.params.get("ResetAllParameters"):
        group.parameters.clear()
    for parameter in self.params.get("Parameters", []):
        group.parameters.pop(parameter["ParameterName"], None)
    return ActionResult({"DBParameterGroupName": group.name})


@extends(RDSBackend)
def delete_db_parameter_group(original, self, db_parameter_group_name):
    """AWS deletes a parameter group that no instance uses."""
    if any(db_parameter_group_name == instance.db_parameter_group_name for instance in self.databases.values()):
        raise RDSClientError(
            "InvalidDBParameterGroupState",
            "One or more database instances are still members of this parameter group "
            f"{db_parameter_group_name}, so the group cannot be deleted",
        )
    return original(self, db_parameter_group_name)


# Subnet groups


@extends(RDSBackend)
def modify_db_subnet_group(original, self, subnet_name, description, subnets):
    """AWS keeps the group whose subnets it changes."""
    self.subnet_groups[subnet_name] = original(self, subnet_name, description, subnets)
    return self.subnet_groups[subnet_name]


@extends(RDSBackend)
def delete_subnet_group(original, self, subnet_name):
    """AWS deletes a subnet group that no instance uses."""
    for instance in self.databases.values():
        if instance.db_subnet_group and instance.db_subnet_group.name == subnet_name:
            raise RDSClientError(
                "InvalidDBSubnetGroupStateFault",
                f"Cannot delete the subnet group '{subnet_name}' because at least one database instance: "
                f"{instance.db_instance_identifier} is still using it.",
            )
    return original(self, subnet_name)
