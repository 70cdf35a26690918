"""RDS: an instance of the engine `postgres` is a real PostgreSQL server, set up the way RDS does."""

import ipaddress
import json
import os
import pwd
import shutil
import threading
import time
from pathlib import Path
from weakref import WeakKeyDictionary

from moto.rds.models import DBInstance, RDSBackend

import child_processes
import secretsmanager
from data_plane_redis import free_address
from extension import extends

NETWORK = ipaddress.ip_network("127.43.0.0/16")
START_SECONDS = 60


def install(programs, authority):
    servers = WeakKeyDictionary()

    @extends(RDSBackend)
    def create_db_instance(original, self, db_kwargs):
        """AWS answers at once, and the instance becomes available when the server takes connections."""
        instance = original(self, db_kwargs)
        if instance.engine == "postgres":
            servers[instance] = PostgresServer(programs, authority, instance.port)
            instance.status = "creating"
            threading.Thread(target=start, args=(self, instance, servers[instance]), daemon=True).start()
        return instance

    @extends(DBInstance)
    def address(original, self):
        """AWS answers the name of the server."""
        return servers[self].address if self in servers else original(self)

    @extends(DBInstance)
    def update(original, self, **kwargs):
        """AWS sets a new master password in the server too."""
        original(self, **kwargs)
        if self in servers and kwargs.get("master_user_password"):
            servers[self].set_password(self.master_username, kwargs["master_user_password"])

    @extends(RDSBackend)
    def delete_db_instance(original, self, *args, **kwargs):
        """AWS stops the server and deletes its storage."""
        instance = original(self, *args, **kwargs)
        if instance in servers:
            servers.pop(instance).stop()
        return instance

    @extends(RDSBackend)
    def reset(original, self):
        """A reset of moto forgets the instances."""
        for instance in self.databases.values():
            if instance in servers:
                servers.pop(instance).stop()
        original(self)

    @secretsmanager.on_managed_rotation
    def set_master_password(secret, password):
        for instance, server in list(servers.items()):
            if instance.manage_master_user_password and instance.master_user_secret.secret is secret:
                server.set_password(instance.master_username, password)


def start(backend, instance, server):
    try:
        server.start(
            instance.master_username, master_password(instance), instance.db_name, forces_tls(backend, instance)
        )
        instance.status = "available"
    except child_processes.Stopping:
        pass
    except Exception as error:
        instance.status = "failed"
        print(f"PostgreSQL for {instance.db_instance_identifier}: {error}", flush=True)


def master_password(instance):
    if instance.manage_master_user_password:
        secret = instance.master_user_secret.secret
        return json.loads(secret.versions[secret.default_version_id]["secret_string"])["password"]
    return instance._master_user_password


def forces_tls(backend, instance):
    """The default of `rds.force_ssl` is 1 from PostgreSQL 15 on."""
    group = backend.db_parameter_groups.get(instance.db_parameter_group_name or "")
    parameter = group.parameters.get("rds.force_ssl", {}) if group else {}
    default = "1" if int(instance.engine_version.split(".")[0]) >= 15 else "0"
    return parameter.get("ParameterValue", default) == "1"


class PostgresServer:
    def __init__(self, programs, authority, port):
        self._programs = Path(programs)
        self._authority = authority
        self._port = int(port)
        self._lock = threading.Lock()
        self._stopped = False
        self._process = None
        self.address = free_address(NETWORK, self._port)
        self._folder = child_processes.make_folder("postgres")
        self._user = system_user()

    def start(self, master_user, password, database, tls_only):
        with self._lock:
            if self._stopped:
                return
            if self._user:
                shutil.chown(self._folder, self._user)
            self._create_cluster(tls_only)
            self._process = self._start_server()
            self._wait_until_ready()
            self._run_sql(set_up(master_user, password, database))

    def set_password(self, master_user, password):
        with self._lock:
            self._run_sql([f"ALTER ROLE {identifier(master_user)} PASSWORD {literal(password)}"])

    def stop(self):
        with self._lock:
            self._stopped = True
            if self._process:
                child_processes.stop(self._process)
            child_processes.remove_folder(self._folder)

    def _create_cluster(self, tls_only):
        data = self._folder / "data"
        self._run("initdb", "--pgdata", data, "--username", "rdsadmin", "--locale", "C.UTF-8", "--no-sync")
        self._authority.issue(self.address, self._folder)
        for name in "server.pem", "server-key.pem":
            shutil.chown(self._folder / name, self._user or os.getuid())
        (data / "pg_hba.conf").write_text(
            f"local all rdsadmin trust\n{'hostssl' if tls_only else 'host'} all all 127.0.0.0/8 scram-sha-256\n"
        )
        settings = {
            "listen_addresses": self.address,
            "port": self._port,
            "unix_socket_directories": self._folder,
            "ssl": "on",
            "ssl_cert_file": self._folder / "server.pem",
            "ssl_key_file": self._folder / "server-key.pem",
            "ssl_min_protocol_version": "TLSv1.2",
            "password_encryption": "scram-sha-256",
            "dynamic_shared_memory_type": "mmap",
            "shared_buffers": "16MB",
            "fsync": "off",
            "log_min_messages": "warning",
        }
        with (data / "postgresql.auto.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())

    def _start_server(self):
        with (self._folder / "postgres.log").open("w") as log:
            return child_processes.start(
                [self._programs / "postgres", "-D", self._folder / "data"],
                stdout=log,
                stderr=log,
                cwd=self._folder,
                **self._as_user(),
            )

    def _wait_until_ready(self):
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                return self._run_sql(["SELECT 1"])
            except RuntimeError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((self._folder / "postgres.log").read_text()) from None
                time.sleep(0.1)

    def _run_sql(self, statements):
        """As RDS's own administrator, who may come by the socket in the server's folder only."""
        way_in = ["--host", self._folder, "--port", str(self._port), "--username", "rdsadmin", "--dbname", "postgres"]
        options = ["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"]
        self._run("psql", *way_in, *options, stdin="".join(f"{sql};\n" for sql in statements))

    def _run(self, program, *arguments, stdin=""):
        child_processes.run([self._programs / program, *arguments], stdin, cwd=self._folder, **self._as_user())

    def _as_user(self):
        if not self._user:
            return {}
        return {"user": self._user, "group": pwd.getpwnam(self._user).pw_gid, "extra_groups": []}


def system_user():
    """PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def set_up(master_user, password, database):
    """RDS: "Understanding PostgreSQL roles and permissions"; the master user is no superuser."""
    master = identifier(master_user)
    return [
        "CREATE ROLE rds_superuser IN ROLE pg_monitor, pg_signal_backend",
        "CREATE ROLE rds_iam",
        f"CREATE ROLE {master} LOGIN CREATEDB CREATEROLE IN ROLE rds_superuser PASSWORD {literal(password)}",
        *([f"CREATE DATABASE {identifier(database)} OWNER {master}"] if database else []),
    ]


def identifier(name):
    return '"' + name.replace('"', '""') + '"'


def literal(text):
    return "'" + text.replace("'", "''") + "'"
