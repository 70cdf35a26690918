"""EC2: descriptions of security group rules, log groups of flow logs, interfaces of NAT gateways."""

import inspect

from moto.ec2.exceptions import InvalidSecurityGroupRuleIdNotFoundError
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
