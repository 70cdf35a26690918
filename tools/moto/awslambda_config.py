"""Lambda: configuration and network that AWS answers (lambda_runner.py runs the functions)."""

from moto.awslambda.models import LambdaFunction
from moto.ec2.models import ec2_backends

from extension import extends

KEPT = ("LoggingConfig", "DeadLetterConfig")


@extends(LambdaFunction)
def __init__(original, self, account_id, spec, *args, **kwargs):
    """AWS keeps where a function logs to and where its failed events go."""
    original(self, account_id, spec, *args, **kwargs)
    self.kept = {"LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{self.function_name}"}}
    self.kept.update({key: spec[key] for key in KEPT if spec.get(key)})


@extends(LambdaFunction)
def get_configuration(original, self, *args, **kwargs):
    """AWS answers them with the rest of the configuration."""
    return {**original(self, *args, **kwargs), **self.kept}


@extends(LambdaFunction)
def vpc_config(original, self):
    """AWS answers the VPC that the subnets are in."""
    config = original(self)
    if config and config["SubnetIds"]:
        config["VpcId"] = ec2_backends[self.account_id][self.region].get_subnet(config["SubnetIds"][0]).vpc_id
    return config


@extends(LambdaFunction)
def update_configuration(original, self, config_updates):
    """AWS changes them in place, and of the network only what is named: the subnets or the security groups."""
    if "VpcConfig" in config_updates:
        network = {**(self._vpc_config or {}), **config_updates["VpcConfig"]}
        config_updates = {**config_updates, "VpcConfig": network}
    original(self, config_updates)
    self.tracing_config = config_updates.get("TracingConfig", self.tracing_config)
    self.kept.update({key: config_updates[key] for key in KEPT if config_updates.get(key)})
    return self.get_configuration()
