"""The programs that the data plane runs."""

import shutil
import socket
from pathlib import Path


def find():
    """Path of each by name, None for one that this machine lacks; of `postgres` the folder of its programs."""
    addresses = own_addresses()
    return {
        "node": shutil.which("node"),
        "postgres": find_postgres() if addresses else None,
        "redis": shutil.which("redis-server") if addresses else None,
    }


def find_postgres():
    """The folder of PostgreSQL's programs: where PATH finds the server, else the newest of Debian's."""
    on_path = shutil.which("postgres")
    if on_path:
        return str(Path(on_path).resolve().parent)
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    return str(installed[-1].parent) if installed else None


def own_addresses():
    """Whether all of 127.0.0.0/8 is this machine, as on Linux; each server has an address of its own there."""
    try:
        with socket.create_server(("127.42.0.1", 0)):
            return True
    except OSError:
        return False
