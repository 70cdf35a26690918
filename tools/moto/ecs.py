"""ECS: capabilities of containers, options of a service, and deployments that come to rest."""

from moto.core.utils import utcnow
from moto.ecs.models import TaskDefinition
from moto.ecs.responses import EC2ContainerServiceResponse

from extension import extends

ECHOED = {
    "deploymentConfiguration": "deployment_configuration",
    "enableECSManagedTags": "enable_ecs_managed_tags",
    "enableExecuteCommand": "enable_execute_command",
}
OFF_BY_DEFAULT = ("enableECSManagedTags", "enableExecuteCommand")


@extends(TaskDefinition)
def __init__(original, self, family, revision, container_definitions, *args, **kwargs):
    """AWS answers both lists of a container's capabilities, whichever it was given."""
    for container in container_definitions:
        capabilities = container.get("linuxParameters", {}).get("capabilities")
        if capabilities is not None:
            capabilities.update({"add": [], "drop": [], **capabilities})
    original(self, family, revision, container_definitions, *args, **kwargs)


@extends(EC2ContainerServiceResponse)
def create_service(original, self):
    """AWS keeps these options, and starts as many tasks as are desired (here they are counted, not run)."""
    answer = original(self)
    for parameter in OFF_BY_DEFAULT:
        setattr(answer.result["service"], ECHOED[parameter], False)
    settle(self, answer.result["service"])
    return answer


@extends(EC2ContainerServiceResponse)
def update_service(original, self):
    """AWS rolls the service over to a new task definition."""
    answer = original(self)
    settle(self, answer.result["service"])
    return answer


def settle(response, service):
    for parameter, attribute in ECHOED.items():
        value = response._get_param(parameter)
        if value is not None:
            setattr(service, attribute, value)
    response.ecs_backend.update_service(
        {"cluster": service.cluster_name, "service": service.name, "desired_count": service.desired_count}
    )
    service.deployments[0].update(
        {
            "desiredCount": service.desired_count,
            "runningCount": service.desired_count,
            "pendingCount": 0,
            "taskDefinition": service.task_definition,
            "networkConfiguration": service.network_configuration,
            "rolloutState": "COMPLETED",
            "rolloutStateReason": f"ECS deployment {service.deployments[0]['id']} completed.",
            "updatedAt": utcnow(),
        }
    )
