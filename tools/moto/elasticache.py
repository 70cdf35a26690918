"""ElastiCache: member clusters of replication groups, parameter groups, changes in place, deletion."""

import re
from itertools import cycle, islice

from moto.core.responses import ActionResult, EmptyResult, PaginatedResult
from moto.core.utils import utcnow
from moto.elasticache.exceptions import ElastiCacheException
from moto.elasticache.models import (
    CacheCluster,
    CacheSubnetGroup,
    ElastiCacheBackend,
    ReplicationGroupNotFound,
)
from moto.elasticache.responses import ElastiCacheResponse

from extension import adds, extends, replaces


class CacheParameterGroup:
    def __init__(self, backend, name, family, description):
        self.cache_parameter_group_name = name
        self.cache_parameter_group_family = family
        self.description = description
        self.is_global = False
        self.arn = f"arn:aws:elasticache:{backend.region_name}:{backend.account_id}:parametergroup:{name}"
        self.parameters = {}


class CacheParameterGroupNotFound(ElastiCacheException):
    code = "CacheParameterGroupNotFound"

    def __init__(self, name):
        super().__init__(f"CacheParameterGroup {name} not found.")


class CacheParameterGroupAlreadyExists(ElastiCacheException):
    code = "CacheParameterGroupAlreadyExists"

    def __init__(self, name):
        super().__init__(f"Cache Parameter Group {name} already exists.")


class InvalidCacheParameterGroupState(ElastiCacheException):
    code = "InvalidCacheParameterGroupState"

    def __init__(self, name):
        super().__init__(f"One or more cache clusters are still using the cache parameter group {name}.")


class CacheSubnetGroupInUse(ElastiCacheException):
    code = "CacheSubnetGroupInUse"

    def __init__(self, name):
        super().__init__(f"Cache subnet group {name} is currently in use by a cache cluster.")


class InvalidParameterCombination(ElastiCacheException):
    code = "InvalidParameterCombination"


@extends(ElastiCacheBackend)
def __init__(original, self, *args, **kwargs):
    """AWS tags parameter groups too, and looks their tags up by ARN."""
    original(self, *args, **kwargs)
    self.cache_parameter_groups = {}
    self.arn_regex = re.compile(self.arn_regex.pattern.replace("|user)", "|user|parametergroup)"))


# Subnet groups


@extends(CacheSubnetGroup)
def __init__(original, self, *args, **kwargs):
    """AWS answers the zone of a subnet as an object with its name."""
    original(self, *args, **kwargs)
    for subnet in self.subnets:
        subnet["subnet_availability_zone"] = {"Name": subnet["subnet_availability_zone"]}


@adds(ElastiCacheResponse)
def modify_cache_subnet_group(self):
    """AWS replaces the subnets and the description of a subnet group in place."""
    group = self.elasticache_backend.describe_cache_subnet_groups(self._get_param("CacheSubnetGroupName"))[0]
    group.__init__(
        account_id=self.current_account,
        region_name=self.region,
        cache_subnet_group_name=group.cache_subnet_group_name,
        cache_subnet_group_description=self._get_param(
            "CacheSubnetGroupDescription", group.cache_subnet_group_description
        ),
        subnet_ids=self._get_param("SubnetIds", group.subnet_ids),
        tags=group.tags,
    )
    return ActionResult({"CacheSubnetGroup": group})


@adds(ElastiCacheResponse)
def delete_cache_subnet_group(self):
    """AWS deletes a subnet group that no cluster uses."""
    backend = self.elasticache_backend
    name = backend.describe_cache_subnet_groups(self._get_param("CacheSubnetGroupName"))[0].cache_subnet_group_name
    if any(cluster.cache_subnet_group_name == name for cluster in backend.cache_clusters.values()):
        raise CacheSubnetGroupInUse(name)
    del backend.cache_subnet_groups[name]
    return EmptyResult()


# Parameter groups


@adds(ElastiCacheBackend)
def cache_parameter_group(self, name):
    """AWS answers CacheParameterGroupNotFound for a group that does not exist."""
    if name not in self.cache_parameter_groups:
        raise CacheParameterGroupNotFound(name)
    return self.cache_parameter_groups[name]


@adds(ElastiCacheResponse)
def create_cache_parameter_group(self):
    """AWS creates a group of parameters for one engine family, with that family's defaults."""
    backend, name = self.elasticache_backend, self._get_param("CacheParameterGroupName")
    if name in backend.cache_parameter_groups:
        raise CacheParameterGroupAlreadyExists(name)
    group = CacheParameterGroup(
        backend, name, self._get_param("CacheParameterGroupFamily"), self._get_param("Description")
    )
    backend.cache_parameter_groups[name] = group
    backend.tagging_service.tag_resource(group.arn, self._get_param("Tags", []))
    return ActionResult({"CacheParameterGroup": group})


@adds(ElastiCacheResponse)
def describe_cache_parameter_groups(self):
    """AWS lists all groups, or the one that is named."""
    backend, name = self.elasticache_backend, self._get_param("CacheParameterGroupName")
    groups = [backend.cache_parameter_group(name)] if name else list(backend.cache_parameter_groups.values())
    return PaginatedResult({"CacheParameterGroups": groups})


@adds(ElastiCacheResponse)
def modify_cache_parameter_group(self):
    """AWS sets up to 20 parameters at a time."""
    group = self.elasticache_backend.cache_parameter_group(self._get_param("CacheParameterGroupName"))
    for parameter in self._get_param("ParameterNameValues", []):
        group.parameters[parameter["ParameterName"]] = parameter["ParameterValue"]
    return ActionResult({"CacheParameterGroupName": group.cache_parameter_group_name})


@adds(ElastiCacheResponse)
def reset_cache_parameter_group(self):
    """AWS returns parameters, or all of them, to the family's default."""
    group = self.elasticache_backend.cache_parameter_group(self._get_param("CacheParameterGroupName"))
    if self._get_bool_param("ResetAllParameters"):
        group.parameters.clear()
    for parameter in self._get_param("ParameterNameValues", []):
        group.parameters.pop(parameter["ParameterName"], None)
    return ActionResult({"CacheParameterGroupName": group.cache_parameter_group_name})


@adds(ElastiCacheResponse)
def describe_cache_parameters(self):
    """AWS marks what was set with the source `user` (the family's defaults, source `system`, are not listed here)."""
    group = self.elasticache_backend.cache_parameter_group(self._get_param("CacheParameterGroupName"))
    parameters = [
        {"ParameterName": name, "ParameterValue": value, "Source": "user", "DataType": "string", "IsModifiable": True}
        for name, value in group.parameters.items()
    ]
    return ActionResult({"Parameters": parameters})


@adds(ElastiCacheResponse)
def delete_cache_parameter_group(self):
    """AWS deletes a parameter group that no cluster uses."""
    backend = self.elasticache_backend
    name = backend.cache_parameter_group(self._get_param("CacheParameterGroupName")).cache_parameter_group_name
    if any(
        cluster.cache_parameter_group["CacheParameterGroupName"] == name for cluster in backend.cache_clusters.values()
    ):
        raise InvalidCacheParameterGroupState(name)
    del backend.cache_parameter_groups[name]
    return EmptyResult()


# Replication groups


@extends(ElastiCacheBackend)
def create_replication_group(original, self, **kwargs):
    """AWS creates one member cluster a node, which carries what the group's own answer does not show."""
    group = original(self, **kwargs)
    group.auto_minor_version_upgrade = kwargs["auto_minor_version_upgrade"] is not False
    group.snapshot_window = kwargs["snapshot_window"] or "05:00-06:00"
    group.preferred_maintenance_window = kwargs["preferred_maintenance_window"] or "sun:06:30-sun:07:30"
    group.transit_encryption_mode = kwargs["transit_encryption_mode"] or (
        "required" if group.transit_encryption_enabled else None
    )
    group.engine_version = full_engine_version(kwargs["engine_version"])
    group.cache_parameter_group_name = kwargs["cache_parameter_group_name"] or (
        f"default.{group.engine}{group.engine_version.split('.')[0]}"
    )
    group.auth_tokens = [kwargs["auth_token"]] if kwargs["auth_token"] else []
    if group.cluster_mode == "disabled":
        resize(self, group, kwargs["num_cache_clusters"] or (kwargs["replicas_per_node_group"] or 0) + 1)
    return group


def full_engine_version(version):
    """AWS takes `7.1` and runs `7.1.0`; without a version it runs its newest."""
    return f"{version}.0" if version else "7.1.0"


def resize(backend, group, nodes):
    """Gives the group of one shard so many nodes, a primary and replicas spread over the zones of its subnets."""
    node_group = group.node_groups[0]
    remove_member_clusters(backend, group)
    group.member_clusters = [f"{group.replication_group_id}-{number:03d}" for number in range(1, nodes + 1)]
    domain = node_group["primary_endpoint_address"].removeprefix("master.")
    zones = list(islice(cycle(subnet_zones(backend, group)), nodes))
    node_group["node_group_members"] = [
        {
            "cache_cluster_id": name,
            "cache_node_id": "0001",
            "read_endpoint": {"address": f"{name}.{domain}", "port": group.port},
            "preferred_availability_zone": zone,
            "current_role": "replica" if index else "primary",
        }
        for index, (name, zone) in enumerate(zip(group.member_clusters, zones))
    ]
    if group.snapshot_retention_limit:
        group.snapshotting_cluster_id = group.member_clusters[-1]
    put_member_clusters(backend, group)


def put_member_clusters(backend, group):
    for member in group.node_groups[0]["node_group_members"]:
        name = member["cache_cluster_id"]
        backend.cache_clusters[name] = member_cluster(backend, group, name, member["preferred_availability_zone"])


def remove_member_clusters(backend, group):
    for name in group.member_clusters:
        backend.cache_clusters.pop(name, None)


def subnet_zones(backend, group):
    if group.cache_subnet_group_name not in backend.cache_subnet_groups:
        return [f"{backend.region_name}a", f"{backend.region_name}b"]
    subnets = backend.cache_subnet_groups[group.cache_subnet_group_name].subnets
    return sorted({subnet["subnet_availability_zone"]["Name"] for subnet in subnets})


def member_cluster(backend, group, name, zone):
    cluster = CacheCluster(
        account_id=backend.account_id,
        region_name=backend.region_name,
        cache_cluster_id=name,
        cache_node_type=group.cache_node_type,
        replication_group_id=group.replication_group_id,
        az_mode=None,
        preferred_availability_zone=zone,
        num_cache_nodes=1,
        engine="redis",
        engine_version=group.engine_version,
        cache_parameter_group_name=group.cache_parameter_group_name,
        cache_subnet_group_name=group.cache_subnet_group_name,
        transit_encryption_enabled=group.transit_encryption_enabled,
        network_type=group.network_type,
        ip_discovery=group.ip_discovery,
        snapshot_name=None,
        preferred_maintenance_window=group.preferred_maintenance_window,
        port=group.port,
        notification_topic_arn=group.notification_topic_arn,
        auto_minor_version_upgrade=group.auto_minor_version_upgrade,
        snapshot_retention_limit=group.snapshot_retention_limit,
        snapshot_window=group.snapshot_window,
        auth_token=None,
        outpost_mode=None,
        preferred_outpost_arn=None,
        preferred_availability_zones=None,
        cache_security_group_names=None,
        security_group_ids=group.security_group_ids,
        tags=None,
        snapshot_arns=None,
        preferred_outpost_arns=None,
        log_delivery_configurations=group.log_delivery_configurations,
        cache_node_ids_to_remove=None,
        cache_node_ids_to_reboot=None,
    )
    cluster.engine = group.engine
    cluster.transit_encryption_mode = group.transit_encryption_mode
    cluster.at_rest_encryption_enabled = group.at_rest_encryption_enabled
    cluster.auth_token_enabled = group.auth_token_enabled
    cluster.cache_parameter_group = {
        "CacheParameterGroupName": group.cache_parameter_group_name,
        "ParameterApplyStatus": "in-sync",
    }
    cluster.security_groups = [{"SecurityGroupId": id, "Status": "active"} for id in group.security_group_ids or []]
    return cluster


@replaces(ElastiCacheResponse)
def modify_replication_group(self):
    """AWS changes everything here in place, on the group and on each of its member clusters."""
    backend = self.elasticache_backend
    group = backend.describe_replication_groups(self._get_param("ReplicationGroupId"))[0]
    for parameter, attribute in {
        "ReplicationGroupDescription": "description",
        "CacheNodeType": "cache_node_type",
        "CacheParameterGroupName": "cache_parameter_group_name",
        "NotificationTopicArn": "notification_topic_arn",
        "PreferredMaintenanceWindow": "preferred_maintenance_window",
        "SecurityGroupIds": "security_group_ids",
        "SnapshotRetentionLimit": "snapshot_retention_limit",
        "SnapshotWindow": "snapshot_window",
        "TransitEncryptionEnabled": "transit_encryption_enabled",
        "TransitEncryptionMode": "transit_encryption_mode",
        "AutoMinorVersionUpgrade": "auto_minor_version_upgrade",
    }.items():
        value = self._get_param(parameter)
        if value is not None:
            setattr(group, attribute, value)
    for parameter, attribute in {
        "AutomaticFailoverEnabled": "automatic_failover",
        "MultiAZEnabled": "multi_az",
    }.items():
        value = self._get_bool_param(parameter)
        if value is not None:
            setattr(group, attribute, "enabled" if value else "disabled")
    if self._get_param("EngineVersion"):
        group.engine_version = full_engine_version(self._get_param("EngineVersion"))
    change_auth_token(group, self._get_param("AuthToken"), self._get_param("AuthTokenUpdateStrategy"))
    change_log_delivery(group, self._get_param("LogDeliveryConfigurations", []))
    put_member_clusters(backend, group)
    return ActionResult({"ReplicationGroup": group})


def change_auth_token(group, token, strategy):
    """AWS adds a token with ROTATE, while the one before still works, and keeps only the given one with SET."""
    if strategy == "DELETE":
        group.auth_tokens = []
    elif token:
        if not group.transit_encryption_enabled:
            raise InvalidParameterCombination(
                "The AUTH token modification is only supported with encryption in transit."
            )
        previous = group.auth_tokens[-1:] if (strategy or "ROTATE") == "ROTATE" else []
        group.auth_tokens = [*previous, token]
        group.auth_token_last_modified_date = utcnow()
    group.auth_token_enabled = bool(group.auth_tokens)


def change_log_delivery(group, requests):
    """AWS has one delivery a log type; a request replaces that of its type, or with `Enabled` false ends it."""
    for request in requests:
        kept = [kept for kept in group.log_delivery_configurations if kept["LogType"] != request["LogType"]]
        added = [] if request.get("Enabled") is False else group._get_log_delivery_configurations([request])
        group.log_delivery_configurations = [*kept, *added]


@adds(ElastiCacheResponse)
def increase_replica_count(self):
    """AWS adds replicas to the group."""
    return change_replica_count(self)


@adds(ElastiCacheResponse)
def decrease_replica_count(self):
    """AWS removes replicas from the group, never the primary."""
    return change_replica_count(self)


def change_replica_count(response):
    backend = response.elasticache_backend
    group = backend.describe_replication_groups(response._get_param("ReplicationGroupId"))[0]
    replicas = response._get_int_param("NewReplicaCount")
    if replicas < 1 and group.automatic_failover == "enabled":
        raise InvalidParameterCombination("Automatic failover needs at least one replica.")
    resize(backend, group, replicas + 1)
    return ActionResult({"ReplicationGroup": group})


@replaces(ElastiCacheBackend)
def delete_replication_group(self, replication_group_id, retain_primary_cluster=None):
    """AWS deletes the member clusters with their group."""
    if replication_group_id not in self.replication_groups:
        raise ReplicationGroupNotFound(replication_group_id)
    group = self.replication_groups.pop(replication_group_id)
    remove_member_clusters(self, group)
    self.tagging_service.delete_all_tags_for_resource(group.arn)
    group.status = "deleting"
    return group
