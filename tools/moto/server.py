"""The local AWS: moto's server with what the program needs and moto lacks. Started by `server.py --port 5000`."""

import importlib
import sys

import moto.server
from moto.core.config import default_user_config
from moto.server import main

import data_plane
from operations import noting_operations
from repetitions import answering_again

EXTENSIONS = [
    "apigateway",
    "applicationautoscaling",
    "awslambda_config",
    "cloudtrail",
    "cloudwatch",
    "cognito",
    "ec2",
    "ecs",
    "elasticache",
    "kms",
    "logs",
    "rds",
    "s3",
    "wafv2",
]

default_user_config["lambda"]["use_docker"] = False
default_user_config["iam"]["load_aws_managed_policies"] = True

for extension in EXTENSIONS:
    importlib.import_module(extension)


run_simple = moto.server.run_simple


def serve(host, port, application, **options):
    run_simple(host, port, noting_operations(answering_again(application)), **options)


moto.server.run_simple = serve

if __name__ == "__main__":
    data_plane.install()
    sys.exit(main())
