"""The local AWS: moto's server with what the program needs and moto lacks. Started by `server.py --port 5000`."""

import importlib
import sys

import moto.server
import waitress
from moto.core.config import default_user_config
from moto.server import main

import data_plane

EXTENSIONS = [
    "apigateway",
    "applicationautoscaling",
    "awslambda_config",
    "cognito",
    "ec2",
    "ecs",
    "elasticache",
    "kms",
    "logs",
    "rds",
]

default_user_config["lambda"]["use_docker"] = False
default_user_config["iam"]["load_aws_managed_policies"] = True

for extension in EXTENSIONS:
    importlib.import_module(extension)


def serve(host, port, application, **_):
    """Werkzeug's development server closes each connection behind its answer, which clients miss now and then; this one keeps it."""
    waitress.serve(application, host=host, port=port, threads=64, connection_limit=1000, asyncore_use_poll=True)


moto.server.run_simple = serve

if __name__ == "__main__":
    data_plane.install()
    sys.exit(main())
