import socket
import ssl
import unittest
from unittest.mock import patch

from tests.local_cloud import client, needs_data_plane, state, wait_for

FIRST = "first-token-0123456789!&#$^<>"
SECOND = "second-token-0123456789"
THIRD = "third-token-0123456789"


def create_group(id, **options):
    return client("elasticache").create_replication_group(
        **{
            "ReplicationGroupId": id,
            "ReplicationGroupDescription": "test",
            "CacheNodeType": "cache.t4g.micro",
            "NumCacheClusters": 2,
            "AutomaticFailoverEnabled": True,
            "TransitEncryptionEnabled": True,
            "AuthToken": FIRST,
            **options,
        }
    )["ReplicationGroup"]


def describe(id):
    [group] = client("elasticache").describe_replication_groups(ReplicationGroupId=id)["ReplicationGroups"]
    return group


def primary(id):
    endpoint = describe(id)["NodeGroups"][0]["PrimaryEndpoint"]
    return endpoint["Address"], endpoint["Port"]


def modify(id, token, strategy):
    return client("elasticache").modify_replication_group(
        ReplicationGroupId=id, AuthToken=token, AuthTokenUpdateStrategy=strategy, ApplyImmediately=True
    )["ReplicationGroup"]


def available(id):
    def is_available():
        return describe(id)["Status"] == "available"

    return wait_for(is_available)


def talk(address, *commands):
    """The answers to the commands, over TLS that is verified with the local authority."""
    context = ssl.create_default_context(cafile=state() / "ca.pem")
    with socket.create_connection(address, 5) as plain, context.wrap_socket(plain, server_hostname=address[0]) as tls:
        answers = []
        for command in commands:
            parts = [part.encode() for part in command.split()]
            tls.sendall(b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%b\r\n" % (len(part), part) for part in parts))
            answers.append(tls.recv(4096).decode().rstrip("\r\n"))
        return answers


@needs_data_plane
class DataPlaneRedisTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        create_group("shared")

    def test_answers_with_the_token_over_tls(self):
        self.assertEqual(
            talk(primary("shared"), f"AUTH {FIRST}", "SET session alive", "GET session"), ["+OK", "+OK", "$5\r\nalive"]
        )

    def test_refuses_without_a_token_and_with_a_wrong_one(self):
        address = primary("shared")
        self.assertEqual(talk(address, "PING"), ["-NOAUTH Authentication required."])
        [answer] = talk(address, f"AUTH {SECOND}")
        self.assertRegex(answer, "^-WRONGPASS ")

    def test_refuses_without_tls(self):
        with socket.create_connection(primary("shared"), 5) as plain:
            plain.sendall(b"PING\r\n")
            try:
                answer = plain.recv(4096)
            except ConnectionResetError:
                answer = b""
        self.assertNotIn(b"PONG", answer)
        self.assertNotIn(b"NOAUTH", answer)

    def test_refuses_the_commands_that_elasticache_refuses(self):
        answers = talk(
            primary("shared"), f"AUTH {FIRST}", "CONFIG GET maxmemory", "ACL SETUSER default nopass", "SHUTDOWN"
        )
        self.assertEqual(answers[0], "+OK")
        for answer in answers[1:]:
            self.assertRegex(answer, "^-NOPERM ")

    def test_every_endpoint_is_the_groups_own_loopback_address(self):
        create_group("other", Port=6390)
        address, port = primary("other")
        self.assertRegex(address, r"^127\.42\.\d+\.\d+$")
        self.assertEqual(port, 6390)
        self.assertNotEqual(address, primary("shared")[0])
        [node_group] = describe("other")["NodeGroups"]
        self.assertEqual(node_group["ReaderEndpoint"], {"Address": address, "Port": 6390})
        self.assertEqual(
            [member["ReadEndpoint"] for member in node_group["NodeGroupMembers"]],
            [{"Address": address, "Port": 6390}] * 2,
        )

    def test_rotate_keeps_two_tokens_and_set_only_the_last(self):
        create_group("rotated")
        address = primary("rotated")
        # Long enough for what is asked meanwhile, also of a busy machine.
        with patch("data_plane_redis.MODIFYING_SECONDS", 10):
            self.assertEqual(modify("rotated", SECOND, "ROTATE")["Status"], "modifying")
        self.assertEqual([talk(address, f"AUTH {token}")[0] for token in (FIRST, SECOND)], ["+OK", "+OK"])

        with self.assertRaises(client("elasticache").exceptions.InvalidReplicationGroupStateFault):
            modify("rotated", SECOND, "SET")
        self.assertEqual(talk(address, f"AUTH {FIRST}"), ["+OK"])

        available("rotated")
        modify("rotated", SECOND, "SET")
        available("rotated")
        self.assertRegex(talk(address, f"AUTH {FIRST}")[0], "^-WRONGPASS ")
        self.assertEqual(talk(address, f"AUTH {SECOND}"), ["+OK"])
        self.assertEqual(primary("rotated"), address)

    def test_a_third_token_replaces_the_oldest(self):
        create_group("thrice")
        for token in SECOND, THIRD:
            modify("thrice", token, "ROTATE")
            available("thrice")
        first, second, third = [talk(primary("thrice"), f"AUTH {token}")[0] for token in (FIRST, SECOND, THIRD)]
        self.assertRegex(first, "^-WRONGPASS ")
        self.assertEqual((second, third), ("+OK", "+OK"))

    def test_set_needs_a_rotate_before_it_and_a_token_of_the_right_form(self):
        faults = client("elasticache").exceptions
        with self.assertRaises(faults.InvalidParameterValueException):
            modify("shared", THIRD, "SET")
        for token in "short", "x" * 129, "has a space 0123456789", "has/a/slash/0123456789":
            with self.assertRaises(faults.InvalidParameterValueException):
                modify("shared", token, "ROTATE")
            with self.assertRaises(faults.InvalidParameterValueException):
                create_group("never", AuthToken=token)
        self.assertEqual(talk(primary("shared"), f"AUTH {FIRST}"), ["+OK"])

    def test_deletion_stops_the_server(self):
        create_group("deleted")
        address = primary("deleted")
        client("elasticache").delete_replication_group(ReplicationGroupId="deleted")
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(address, 5)

    def test_evicts_as_its_parameter_group_says(self):
        cache = client("elasticache")
        cache.create_cache_parameter_group(
            CacheParameterGroupName="evicts-lru", CacheParameterGroupFamily="redis7", Description="test"
        )
        cache.modify_cache_parameter_group(
            CacheParameterGroupName="evicts-lru",
            ParameterNameValues=[{"ParameterName": "maxmemory-policy", "ParameterValue": "allkeys-lru"}],
        )
        create_group("evicts", CacheParameterGroupName="evicts-lru")
        _, memory = talk(primary("evicts"), f"AUTH {FIRST}", "INFO memory")
        self.assertIn("maxmemory_policy:allkeys-lru", memory)

    def test_a_group_without_encryption_in_transit_has_no_server(self):
        client("elasticache").create_replication_group(
            ReplicationGroupId="plain", ReplicationGroupDescription="test", CacheNodeType="cache.t4g.micro"
        )
        self.assertRegex(primary("plain")[0], r"\.cache\.amazonaws\.com$")


if __name__ == "__main__":
    unittest.main()
