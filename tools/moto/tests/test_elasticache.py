from tests.control_plane import ControlPlaneTest, arn, client, network
from tests.local_cloud import ACCOUNT, REGION

KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/cache"


def log_delivery(log_type, group, log_format="json"):
    return {
        "LogType": log_type,
        "DestinationType": "cloudwatch-logs",
        "DestinationDetails": {"CloudWatchLogsDetails": {"LogGroup": group}},
        "LogFormat": log_format,
    }


class ElastiCacheTest(ControlPlaneTest):
    def setUp(self):
        super().setUp()
        self.cache = client("elasticache")
        _, self.subnets, self.security_group = network()
        self.cache.create_cache_subnet_group(
            CacheSubnetGroupName="subnets", CacheSubnetGroupDescription="data", SubnetIds=self.subnets
        )
        self.cache.create_cache_parameter_group(
            CacheParameterGroupName="parameters",
            CacheParameterGroupFamily="redis7",
            Description="sessions",
            Tags=[{"Key": "Environment", "Value": "dev"}],
        )

    def create(self, name="redis-dev", **options):
        self.cache.create_replication_group(
            **{
                "ReplicationGroupId": name,
                "ReplicationGroupDescription": "sessions",
                "Engine": "redis",
                "EngineVersion": "7.1",
                "CacheNodeType": "cache.t4g.micro",
                "NumCacheClusters": 2,
                "AutomaticFailoverEnabled": True,
                "MultiAZEnabled": True,
                "CacheSubnetGroupName": "subnets",
                "CacheParameterGroupName": "parameters",
                "SecurityGroupIds": [self.security_group],
                "TransitEncryptionEnabled": True,
                "AtRestEncryptionEnabled": True,
                "KmsKeyId": KEY,
                "AuthToken": "t" * 16,
                "SnapshotRetentionLimit": 5,
                "SnapshotWindow": "02:00-03:00",
                "PreferredMaintenanceWindow": "sun:03:30-sun:04:30",
                "LogDeliveryConfigurations": [log_delivery("slow-log", "slow"), log_delivery("engine-log", "engine")],
                **options,
            }
        )

    def group(self, name="redis-dev"):
        return self.cache.describe_replication_groups(ReplicationGroupId=name)["ReplicationGroups"][0]

    def clusters(self):
        return self.cache.describe_cache_clusters()["CacheClusters"]


class ReplicationGroupTest(ElastiCacheTest):
    def test_answers_what_it_was_created_with(self):
        self.create()
        group = self.group()
        self.assertEqual(group["MemberClusters"], ["redis-dev-001", "redis-dev-002"])
        self.assertEqual((group["MultiAZ"], group["AutomaticFailover"]), ("enabled", "enabled"))
        self.assertEqual((group["TransitEncryptionEnabled"], group["TransitEncryptionMode"]), (True, "required"))
        self.assertEqual((group["AtRestEncryptionEnabled"], group["KmsKeyId"]), (True, KEY))
        self.assertEqual((group["AuthTokenEnabled"], group["AutoMinorVersionUpgrade"]), (True, True))
        self.assertEqual((group["SnapshotRetentionLimit"], group["SnapshotWindow"]), (5, "02:00-03:00"))
        self.assertEqual(
            [
                (log["LogType"], log["DestinationDetails"], log["LogFormat"])
                for log in group["LogDeliveryConfigurations"]
            ],
            [
                ("slow-log", {"CloudWatchLogsDetails": {"LogGroup": "slow"}}, "json"),
                ("engine-log", {"CloudWatchLogsDetails": {"LogGroup": "engine"}}, "json"),
            ],
        )

    def test_has_a_primary_and_a_replica_in_different_zones(self):
        self.create()
        [node_group] = self.group()["NodeGroups"]
        self.assertEqual(
            [(node["CurrentRole"], node["PreferredAvailabilityZone"]) for node in node_group["NodeGroupMembers"]],
            [("primary", "eu-west-1a"), ("replica", "eu-west-1b")],
        )

    def test_its_members_are_clusters(self):
        self.create()
        clusters = self.clusters()
        self.assertEqual([cluster["CacheClusterId"] for cluster in clusters], ["redis-dev-001", "redis-dev-002"])
        for cluster in clusters:
            self.assertEqual(cluster["ReplicationGroupId"], "redis-dev")
            self.assertEqual((cluster["Engine"], cluster["EngineVersion"]), ("redis", "7.1.0"))
            self.assertEqual(cluster["CacheNodeType"], "cache.t4g.micro")
            self.assertEqual(cluster["CacheParameterGroup"]["CacheParameterGroupName"], "parameters")
            self.assertEqual(cluster["CacheSubnetGroupName"], "subnets")
            self.assertEqual(cluster["SecurityGroups"], [{"SecurityGroupId": self.security_group, "Status": "active"}])
            self.assertEqual(cluster["PreferredMaintenanceWindow"], "sun:03:30-sun:04:30")
            self.assertEqual((cluster["SnapshotRetentionLimit"], cluster["SnapshotWindow"]), (5, "02:00-03:00"))
            self.assertEqual((cluster["AuthTokenEnabled"], cluster["AtRestEncryptionEnabled"]), (True, True))
            self.assertEqual(cluster["TransitEncryptionMode"], "required")

    def test_without_options_it_is_one_node_with_defaults(self):
        self.cache.create_replication_group(ReplicationGroupId="plain", ReplicationGroupDescription="plain")
        group = self.group("plain")
        self.assertEqual(group["MemberClusters"], ["plain-001"])
        self.assertEqual((group["MultiAZ"], group["AutomaticFailover"]), ("disabled", "disabled"))
        self.assertEqual((group["AuthTokenEnabled"], group["TransitEncryptionEnabled"]), (False, False))
        [cluster] = self.clusters()
        self.assertEqual(cluster["EngineVersion"], "7.1.0")
        self.assertEqual(cluster["CacheParameterGroup"]["CacheParameterGroupName"], "default.redis7")

    def test_changes_in_place_reach_the_members(self):
        self.create()
        self.cache.modify_replication_group(
            ReplicationGroupId="redis-dev",
            CacheNodeType="cache.t4g.small",
            SnapshotRetentionLimit=7,
            SnapshotWindow="04:00-05:00",
            PreferredMaintenanceWindow="mon:01:00-mon:02:00",
            MultiAZEnabled=False,
            ApplyImmediately=True,
        )
        group = self.group()
        self.assertEqual(group["CacheNodeType"], "cache.t4g.small")
        self.assertEqual((group["SnapshotRetentionLimit"], group["SnapshotWindow"]), (7, "04:00-05:00"))
        self.assertEqual((group["MultiAZ"], group["AutomaticFailover"]), ("disabled", "enabled"))
        for cluster in self.clusters():
            self.assertEqual(cluster["CacheNodeType"], "cache.t4g.small")
            self.assertEqual(cluster["PreferredMaintenanceWindow"], "mon:01:00-mon:02:00")
            self.assertEqual(cluster["CacheSubnetGroupName"], "subnets")

    def test_replaces_and_ends_the_delivery_of_a_log_type(self):
        self.create()
        self.cache.modify_replication_group(
            ReplicationGroupId="redis-dev",
            LogDeliveryConfigurations=[
                log_delivery("slow-log", "slow", "text"),
                {"LogType": "engine-log", "Enabled": False},
            ],
        )
        self.assertEqual(
            [(log["LogType"], log["LogFormat"]) for log in self.group()["LogDeliveryConfigurations"]],
            [("slow-log", "text")],
        )

    def test_adds_and_removes_replicas(self):
        self.create()
        self.cache.increase_replica_count(ReplicationGroupId="redis-dev", NewReplicaCount=2, ApplyImmediately=True)
        self.assertEqual(self.group()["MemberClusters"], ["redis-dev-001", "redis-dev-002", "redis-dev-003"])
        self.cache.decrease_replica_count(ReplicationGroupId="redis-dev", NewReplicaCount=1, ApplyImmediately=True)
        self.assertEqual([cluster["CacheClusterId"] for cluster in self.clusters()], ["redis-dev-001", "redis-dev-002"])

    def test_keeps_a_replica_while_failover_is_automatic(self):
        self.create()
        self.assert_refused(
            "InvalidParameterCombination",
            self.cache.decrease_replica_count,
            ReplicationGroupId="redis-dev",
            NewReplicaCount=0,
            ApplyImmediately=True,
        )

    def test_takes_its_members_along_when_it_is_deleted(self):
        self.create()
        self.create("redis-two")
        self.cache.delete_replication_group(ReplicationGroupId="redis-dev")
        self.assert_refused(
            "ReplicationGroupNotFoundFault", self.cache.describe_replication_groups, ReplicationGroupId="redis-dev"
        )
        self.assertEqual([cluster["CacheClusterId"] for cluster in self.clusters()], ["redis-two-001", "redis-two-002"])
        self.create()
        self.assertEqual(self.cache.list_tags_for_resource(ResourceName=self.group()["ARN"])["TagList"], [])


class AuthTokenTest(ElastiCacheTest):
    def change(self, token, strategy):
        self.cache.modify_replication_group(
            ReplicationGroupId="redis-dev", AuthToken=token, AuthTokenUpdateStrategy=strategy, ApplyImmediately=True
        )

    def test_rotate_and_set_keep_the_group_authenticated(self):
        self.create()
        before = self.group()["AuthTokenLastModifiedDate"]
        self.change("n" * 16, "ROTATE")
        self.change("n" * 16, "SET")
        group = self.group()
        self.assertIs(group["AuthTokenEnabled"], True)
        self.assertGreater(group["AuthTokenLastModifiedDate"], before)

    def test_another_change_leaves_the_token(self):
        self.create()
        self.cache.modify_replication_group(ReplicationGroupId="redis-dev", SnapshotRetentionLimit=6)
        self.assertIs(self.group()["AuthTokenEnabled"], True)

    def test_needs_encryption_in_transit(self):
        self.cache.create_replication_group(ReplicationGroupId="plain", ReplicationGroupDescription="plain")
        self.assert_refused(
            "InvalidParameterCombination",
            self.cache.modify_replication_group,
            ReplicationGroupId="plain",
            AuthToken="n" * 16,
            AuthTokenUpdateStrategy="SET",
        )


class ParameterGroupTest(ElastiCacheTest):
    name = {"CacheParameterGroupName": "parameters"}
    arn = arn("elasticache", "parametergroup:parameters")

    def set(self, **values):
        self.cache.modify_cache_parameter_group(
            **self.name,
            ParameterNameValues=[{"ParameterName": key, "ParameterValue": value} for key, value in values.items()],
        )

    def parameters(self):
        answer = self.cache.describe_cache_parameters(**self.name, Source="user")["Parameters"]
        return {parameter["ParameterName"]: (parameter["ParameterValue"], parameter["Source"]) for parameter in answer}

    def test_answers_what_it_was_created_with(self):
        [group] = self.cache.describe_cache_parameter_groups(**self.name)["CacheParameterGroups"]
        self.assertEqual(
            group,
            {
                **self.name,
                "CacheParameterGroupFamily": "redis7",
                "Description": "sessions",
                "IsGlobal": False,
                "ARN": self.arn,
            },
        )
        tags = self.cache.list_tags_for_resource(ResourceName=self.arn)["TagList"]
        self.assertEqual(tags, [{"Key": "Environment", "Value": "dev"}])

    def test_sets_and_resets_parameters(self):
        self.set(**{"maxmemory-policy": "volatile-lru", "timeout": "300"})
        self.assertEqual(self.parameters(), {"maxmemory-policy": ("volatile-lru", "user"), "timeout": ("300", "user")})
        self.cache.reset_cache_parameter_group(
            **self.name, ParameterNameValues=[{"ParameterName": "timeout", "ParameterValue": "300"}]
        )
        self.assertEqual(self.parameters(), {"maxmemory-policy": ("volatile-lru", "user")})
        self.cache.reset_cache_parameter_group(**self.name, ResetAllParameters=True)
        self.assertEqual(self.parameters(), {})

    def test_refuses_a_name_twice_and_one_that_does_not_exist(self):
        self.assert_refused(
            "CacheParameterGroupAlreadyExists",
            self.cache.create_cache_parameter_group,
            **self.name,
            CacheParameterGroupFamily="redis7",
            Description="again",
        )
        self.assert_refused(
            "CacheParameterGroupNotFound",
            self.cache.describe_cache_parameter_groups,
            CacheParameterGroupName="nobody",
        )

    def test_is_deleted_only_after_its_clusters(self):
        self.create()
        self.assert_refused("InvalidCacheParameterGroupState", self.cache.delete_cache_parameter_group, **self.name)
        self.cache.delete_replication_group(ReplicationGroupId="redis-dev")
        self.cache.delete_cache_parameter_group(**self.name)
        self.assertEqual(self.cache.describe_cache_parameter_groups()["CacheParameterGroups"], [])


class SubnetGroupTest(ElastiCacheTest):
    name = {"CacheSubnetGroupName": "subnets"}

    def group(self):
        return self.cache.describe_cache_subnet_groups(**self.name)["CacheSubnetGroups"][0]

    def test_names_the_zone_of_each_subnet(self):
        self.assertEqual(
            [
                (subnet["SubnetIdentifier"], subnet["SubnetAvailabilityZone"]["Name"])
                for subnet in self.group()["Subnets"]
            ],
            [(self.subnets[0], "eu-west-1a"), (self.subnets[1], "eu-west-1b")],
        )

    def test_changes_subnets_and_description(self):
        self.cache.modify_cache_subnet_group(
            **self.name, CacheSubnetGroupDescription="isolated", SubnetIds=self.subnets[:1]
        )
        group = self.group()
        self.assertEqual(group["CacheSubnetGroupDescription"], "isolated")
        self.assertEqual([subnet["SubnetIdentifier"] for subnet in group["Subnets"]], self.subnets[:1])

    def test_is_deleted_only_after_its_clusters(self):
        self.create()
        self.assert_refused("CacheSubnetGroupInUse", self.cache.delete_cache_subnet_group, **self.name)
        self.cache.delete_replication_group(ReplicationGroupId="redis-dev")
        self.cache.delete_cache_subnet_group(**self.name)
        self.assertEqual(self.cache.describe_cache_subnet_groups()["CacheSubnetGroups"], [])
