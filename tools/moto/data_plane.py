"""The data plane of the local cloud: functions, caches and databases that really run, on loopback, and end with it.

All of them or none: a function that runs would fail on a data store that does not, and with it the deployment.
"""

import json
import os
from pathlib import Path

import certificates
import data_plane_api  # noqa: F401 - changes moto by being imported
import data_plane_postgres
import data_plane_redis
import lambda_runner
import programs
import secretsmanager  # noqa: F401 - changes moto by being imported


def install():
    """Changes moto so that what it creates runs; the last step before the server starts, over every other change.

    Keeps the state folder (`TAP_LOCAL_STATE`, default `.local/aws`): `ca.pem`, the authority that signed the servers'
    certificates, and `data-plane.json`, the programs behind the data plane, null for one that this machine lacks.
    """
    state = Path(os.environ.get("TAP_LOCAL_STATE", ".local/aws")).absolute()
    authority = certificates.CertificateAuthority(state)
    found = programs.find()
    (state / "data-plane.json").write_text(json.dumps(found, indent=2) + "\n")
    missing = [name for name, path in found.items() if not path]
    if missing:
        print(f"Functions, caches and databases do not run here, for want of: {', '.join(missing)}", flush=True)
        return
    lambda_runner.install(found["node"], authority.certificate_file)
    data_plane_redis.install(found["redis"], authority)
    data_plane_postgres.install(found["postgres"], authority)
