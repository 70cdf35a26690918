"""EC2: descriptions of security group rules, log groups of flow logs, interfaces of NAT gateways, what keeps a network from being deleted."""

import inspect

from moto.ec2.exceptions import DependencyViolationError, InvalidSecurityGroupRuleIdNotFoundError
from moto.ec2.models import EC2Backend
from moto.ec2.models.security_groups import SecurityGroupRule

from extension import extends


@extends(SecurityGroupRule)
def __init__(original, self, backend, protocol, group_id, from_port, to_port, *target, **kwargs):
    """AWS keeps the description apart from the addresses, the group or the prefix list that the rule is for."""
    original(self, backend, protocol, group_id, from_port, to_port, *target, **kwargs)
    self.text = next((part["Description"] for part in target if part and "Description" in part), None)
    self.source_group = {key: value for key, value in self.source_group.items() if key != "Description"}


@extends(SecurityGroupRule)
def description(original, self):
    """AWS answers the description of a rule of any kind."""
    return self.text


@extends(EC2Backend)
def create_flow_logs(original, self, *args, **kwargs):
    """AWS answers the name of the log group, whether it was given its name or its ARN, and delivers to it."""
    parameters = inspect.signature(original).bind(self, *args, **kwargs).arguments
    _, separator, name = (parameters.get("log_destination") or "").partition(":log-group:")
    if separator:
        parameters["log_group_name"] = name.removesuffix(":*")
    return original(**parameters)


@extends(EC2Backend)
def modify_security_group_rules(original, self, group_id, rules):
    """AWS changes the description with the rest of a rule."""
    original(self, group_id, rules)
    group = self.get_security_group_by_name_or_id(group_id)
    for rule_id, rule in rules.items():
        group.get_rule(rule_id).text = rule.get("Description")


@extends(EC2Backend)
def revoke_security_group_ingress(original, self, **parameters):
    """AWS refuses an unknown rule by a code of its own, by which clients know that the rule is gone."""
    refuse_unknown_rules(self, parameters.get("security_rule_ids"))
    original(self, **parameters)


@extends(EC2Backend)
def revoke_security_group_egress(original, self, **parameters):
    """The same for what leaves."""
    refuse_unknown_rules(self, parameters.get("security_rule_ids"))
    original(self, **parameters)


def refuse_unknown_rules(backend, rule_ids):
    known = {rule.id for rule in backend.describe_security_group_rules([], {})}
    for rule_id in rule_ids or []:
        if rule_id not in known:
            raise InvalidSecurityGroupRuleIdNotFoundError(rule_id)


@extends(EC2Backend)
def delete_nat_gateway(original, self, nat_gateway_id):
    """AWS deletes the network interface that it made for the gateway."""
    gateway = original(self, nat_gateway_id)
    self.enis.pop(gateway._eni.id, None)
    return gateway


@extends(EC2Backend)
def delete_subnet(original, self, subnet_id):
    """AWS deletes a subnet in which no network interface is left, and with it its association with a route table."""
    if any(interface.subnet.id == subnet_id for interface in self.enis.values()):
        raise DependencyViolationError(f"The subnet '{subnet_id}' has dependencies and cannot be deleted.")
    for table in self.route_tables.values():
        table._associations = {key: target for key, target in table._associations.items() if target != subnet_id}
    return original(self, subnet_id)


@extends(EC2Backend)
def delete_security_group(original, self, name=None, group_id=None):
    """AWS deletes a security group that no network interface is in and no rule of another group names."""
    named = {
        rule.source_group.get("GroupId")
        for rule in self.describe_security_group_rules([], {})
        if rule.group_id != group_id
    }
    inside = {group.id for interface in self.enis.values() for group in interface.group_set}
    if group_id in named | inside:
        raise DependencyViolationError(f"resource {group_id} has a dependent object")
    return original(self, name=name, group_id=group_id)


@extends(EC2Backend)
def delete_vpc(original, self, vpc_id):
    """AWS deletes a VPC in which nothing is left but what came with it."""
    left = [gateway for gateway in self.internet_gateways.values() if gateway.vpc and gateway.vpc.id == vpc_id]
    endpoints = self.vpc_end_points.values()
    left += [endpoint for endpoint in endpoints if endpoint.vpc_id == vpc_id and endpoint.state != "deleted"]
    left += [group for group in self.groups.get(vpc_id, {}).values() if group.name != "default"]
    if left:
        raise DependencyViolationError(f"The vpc '{vpc_id}' has dependencies and cannot be deleted.")
    return original(self, vpc_id)
