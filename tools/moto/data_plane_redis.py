"""ElastiCache: a replication group with encryption in transit is a real Redis server, reached by TLS only."""

import hashlib
import ipaddress
import random
import secrets
import socket
import string
import subprocess
import threading
import time

from moto.elasticache.exceptions import ElastiCacheException, InvalidParameterValueException
from moto.elasticache.models import ElastiCacheBackend
from moto.elasticache.responses import ElastiCacheResponse

import child_processes
from extension import extends

NETWORK = ipaddress.ip_network("127.42.0.0/16")
START_SECONDS = 10
# Seconds a group is `modifying` while a token spreads over its nodes. On AWS it is minutes.
MODIFYING_SECONDS = 1

# AWS: "Authenticating with the AUTH command".
TOKEN_LENGTH = range(16, 129)
TOKEN_CHARACTERS = set(string.ascii_letters + string.digits + "!&#$^<>-")

# AWS: "Supported and restricted commands".
RESTRICTED = (
    "-acl|setuser -acl|deluser -acl|load -acl|save -bgrewriteaof -bgsave -config -debug -migrate -module -psync "
    "-replicaof -save -shutdown -slaveof -sync"
)


class InvalidReplicationGroupState(ElastiCacheException):
    code = "InvalidReplicationGroupState"

    def __init__(self, group):
        super().__init__(f"Replication group must be in available state to modify. It is {group.status}.")


def install(redis_server, authority):
    servers = {}

    @extends(ElastiCacheBackend)
    def create_replication_group(original, self, **kwargs):
        """AWS starts the nodes, and answers where they listen."""
        check_token(kwargs["auth_token"])
        group = original(self, **kwargs)
        if group.transit_encryption_enabled:
            servers[group.arn] = RedisServer(
                redis_server, authority, int(group.port), maxmemory_policy(self, group), group.auth_tokens
            )
            point_endpoints(self, group, servers[group.arn].address)
        return group

    @extends(ElastiCacheResponse)
    def modify_replication_group(original, self):
        """AWS changes a group only while it is available, and takes SET only for a token that ROTATE made known."""
        backend, token = self.elasticache_backend, self._get_param("AuthToken")
        [group] = backend.describe_replication_groups(self._get_param("ReplicationGroupId"))
        if group.status != "available":
            raise InvalidReplicationGroupState(group)
        check_token(token)
        if token and self._get_param("AuthTokenUpdateStrategy") == "SET" and token not in group.auth_tokens:
            raise InvalidParameterValueException(
                "The SET strategy is allowed only after ROTATE with the same AUTH token."
            )
        answer = original(self)
        server = servers.get(group.arn)
        if server:
            point_endpoints(backend, group, server.address)
            server.set_maxmemory_policy(maxmemory_policy(backend, group))
            server.set_tokens(group.auth_tokens)
        if token:
            group.status = "modifying"
            threading.Timer(MODIFYING_SECONDS, setattr, (group, "status", "available")).start()
        return answer

    @extends(ElastiCacheBackend)
    def delete_replication_group(original, self, *args, **kwargs):
        """AWS stops the nodes and deletes what they held."""
        group = original(self, *args, **kwargs)
        server = servers.pop(group.arn, None)
        if server:
            server.stop()
        return group

    @extends(ElastiCacheBackend)
    def reset(original, self):
        """A reset of moto forgets the groups."""
        for group in self.replication_groups.values():
            server = servers.pop(group.arn, None)
            if server:
                server.stop()
        original(self)


def check_token(token):
    if token and (len(token) not in TOKEN_LENGTH or not TOKEN_CHARACTERS.issuperset(token)):
        raise InvalidParameterValueException(
            "Invalid AuthToken provided. It has 16 to 128 printable characters, of the special ones only !&#$^<>-."
        )


def point_endpoints(backend, group, address):
    """One server stands for every node of the group."""
    endpoint = {"address": address, "port": group.port}
    for node_group in group.node_groups:
        node_group["primary_endpoint"] = node_group["reader_endpoint"] = endpoint
        for member in node_group["node_group_members"]:
            member["read_endpoint"] = endpoint


def maxmemory_policy(backend, group):
    """The default is that of the families `redis…` and `valkey…`."""
    parameter_group = backend.cache_parameter_groups.get(group.cache_parameter_group_name)
    return (parameter_group.parameters if parameter_group else {}).get("maxmemory-policy", "volatile-lru")


class RedisServer:
    def __init__(self, redis_server, authority, port, maxmemory_policy, tokens):
        self.address = free_address(NETWORK, port)
        self._folder = child_processes.make_folder("redis")
        self._socket = self._folder / "admin.sock"
        self._admin_password = secrets.token_hex()
        authority.issue(self.address, self._folder)
        settings = {
            "bind": self.address,
            "port": 0,
            "tls-port": port,
            "tls-cert-file": self._folder / "server.pem",
            "tls-key-file": self._folder / "server-key.pem",
            "tls-ca-cert-file": authority.certificate_file,
            "tls-auth-clients": "no",
            "unixsocket": self._socket,
            "unixsocketperm": 700,
            "dir": self._folder,
            "save": '""',
            "maxmemory": "64mb",
            "maxmemory-policy": maxmemory_policy,
            "logfile": self._folder / "redis.log",
        }
        users = [
            f"user admin reset on {token_hash(self._admin_password)} -@all +acl|setuser +config|set +ping",
            f"user default reset on {passwords(tokens)} ~* &* +@all {RESTRICTED}",
        ]
        configuration = "".join(f"{line}\n" for line in [*(f"{k} {v}" for k, v in settings.items()), *users])
        self._process = child_processes.start([redis_server, "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        self._process.stdin.write(configuration.encode())
        self._process.stdin.close()
        self._wait_until_ready()

    def set_tokens(self, tokens):
        self._admin("ACL", "SETUSER", "default", "resetpass", *passwords(tokens).split())

    def set_maxmemory_policy(self, policy):
        self._admin("CONFIG", "SET", "maxmemory-policy", policy)

    def stop(self):
        child_processes.stop(self._process)
        child_processes.remove_folder(self._folder)

    def _wait_until_ready(self):
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                return self._admin("PING")
            except OSError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    log = self._folder / "redis.log"
                    raise RuntimeError(
                        f"redis-server does not start: {log.read_text() if log.exists() else ''}"
                    ) from None
                time.sleep(0.02)

    def _admin(self, *command):
        """The administrator's own way in: a socket in the server's folder."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(START_SECONDS)
            connection.connect(str(self._socket))
            for request in ("AUTH", "admin", self._admin_password), command:
                connection.sendall(encode(request))
                answer = connection.recv(4096)
                if not answer.startswith(b"+"):
                    raise RuntimeError(f"redis-server refuses {request[0]}: {answer.decode()}")


def encode(command):
    """RESP: an array of bulk strings."""
    parts = [part.encode() for part in command]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%b\r\n" % (len(part), part) for part in parts)


def passwords(tokens):
    """The rules of `ACL SETUSER` for the tokens; without any, every client is let in."""
    return " ".join(map(token_hash, tokens)) or "nopass"


def token_hash(token):
    return f"#{hashlib.sha256(token.encode()).hexdigest()}"


def free_address(network, port):
    """An address on which nothing listens yet, chosen at random: several local clouds may run on one machine."""
    while True:
        address = str(network[random.randrange(1, network.num_addresses - 1)])
        try:
            with socket.create_server((address, port)):
                return address
        except OSError:
            continue
