"""The data plane of the local cloud: functions, caches and databases that really run, on loopback, and end with it."""

import json
import os
import shutil
import socket
from pathlib import Path

import certificates
import data_plane_api  # noqa: F401 - changes moto by being imported
import data_plane_postgres
import data_plane_redis
import lambda_runner
import secretsmanager  # noqa: F401 - changes moto by being imported


def install():
    """Changes moto so that what it creates runs; the last step before the server starts, over every other change.

    Keeps the state folder (`TAP_LOCAL_STATE`, default `.local/aws`): `ca.pem`, the authority that signed the servers'
    certificates, and `data-plane.json`, the programs behind the data plane, null for one that this machine lacks.
    """
    state = Path(os.environ.get("TAP_LOCAL_STATE", ".local/aws")).absolute()
    authority = certificates.CertificateAuthority(state)
    programs = {
        "node": shutil.which("node"),
        "postgres": data_plane_postgres.find_postgres() if own_addresses() else None,
        "redis": shutil.which("redis-server") if own_addresses() else None,
    }
    (state / "data-plane.json").write_text(json.dumps(programs, indent=2) + "\n")
    if programs["node"]:
        lambda_runner.install(programs["node"], authority.certificate_file)
    if programs["redis"]:
        data_plane_redis.install(programs["redis"], authority)
    if programs["postgres"]:
        data_plane_postgres.install(programs["postgres"], authority)
    missing = [name for name, path in programs.items() if not path]
    if missing:
        print(f"Not on this machine, so imitated without running: {', '.join(missing)}", flush=True)


def own_addresses():
    """Whether all of 127.0.0.0/8 is this machine, as on Linux; each server has an address of its own there."""
    try:
        with socket.create_server(("127.42.0.1", 0)):
            return True
    except OSError:
        return False
