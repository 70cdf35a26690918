from tests.control_plane import ControlPlaneTest, arn, client, network
from tests.local_cloud import ACCOUNT


class SecurityGroupRuleTest(ControlPlaneTest):
    def setUp(self):
        super().setUp()
        self.ec2 = client("ec2")
        self.vpc, _, self.group = network()

    def authorize(self, **target):
        permission = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, **target}
        answer = self.ec2.authorize_security_group_ingress(GroupId=self.group, IpPermissions=[permission])
        return answer["SecurityGroupRules"][0]["SecurityGroupRuleId"]

    def description(self, rule_id):
        [rule] = self.ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule_id])["SecurityGroupRules"]
        return rule.get("Description")

    def test_keeps_the_description_of_a_rule_for_addresses_groups_and_prefix_lists(self):
        other = self.ec2.create_security_group(VpcId=self.vpc, GroupName="other", Description="other")["GroupId"]
        prefix_list = self.ec2.describe_managed_prefix_lists()["PrefixLists"][0]["PrefixListId"]
        for target in (
            {"IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "why"}]},
            {"UserIdGroupPairs": [{"GroupId": other, "Description": "why"}]},
            {"PrefixListIds": [{"PrefixListId": prefix_list, "Description": "why"}]},
        ):
            with self.subTest(target=target):
                self.assertEqual(self.description(self.authorize(**target)), "why")

    def test_has_no_description_unless_given_one(self):
        self.assertIsNone(self.description(self.authorize(IpRanges=[{"CidrIp": "10.0.0.0/8"}])))

    def test_refuses_a_second_rule_that_differs_by_its_description_only(self):
        other = self.ec2.create_security_group(VpcId=self.vpc, GroupName="other", Description="other")["GroupId"]
        self.authorize(UserIdGroupPairs=[{"GroupId": other, "Description": "why"}])
        with self.assertRaises(self.ec2.exceptions.ClientError) as refused:
            self.authorize(UserIdGroupPairs=[{"GroupId": other, "Description": "why not"}])
        self.assertEqual(refused.exception.response["Error"]["Code"], "InvalidPermission.Duplicate")

    def test_changes_the_description(self):
        rule_id = self.authorize(IpRanges=[{"CidrIp": "10.0.0.0/8", "Description": "before"}])
        changed = {
            "IpProtocol": "tcp",
            "FromPort": 443,
            "ToPort": 443,
            "CidrIpv4": "10.0.0.0/8",
            "Description": "after",
        }
        self.ec2.modify_security_group_rules(
            GroupId=self.group, SecurityGroupRules=[{"SecurityGroupRuleId": rule_id, "SecurityGroupRule": changed}]
        )
        self.assertEqual(self.description(rule_id), "after")

    def test_says_of_a_rule_that_is_gone_that_there_is_none_of_this_id(self):
        rule_id = self.authorize(IpRanges=[{"CidrIp": "10.0.0.0/8"}])
        self.ec2.revoke_security_group_ingress(GroupId=self.group, SecurityGroupRuleIds=[rule_id])
        for revoke in (self.ec2.revoke_security_group_ingress, self.ec2.revoke_security_group_egress):
            with self.subTest(revoke=revoke), self.assertRaises(self.ec2.exceptions.ClientError) as refused:
                revoke(GroupId=self.group, SecurityGroupRuleIds=[rule_id])
            self.assertEqual(refused.exception.response["Error"]["Code"], "InvalidSecurityGroupRuleId.NotFound")


class FlowLogTest(ControlPlaneTest):
    def flow_log(self, log_group):
        ec2 = client("ec2")
        vpc, _, _ = network()
        ec2.create_flow_logs(
            ResourceIds=[vpc],
            ResourceType="VPC",
            TrafficType="ALL",
            LogDestination=arn("logs", f"log-group:{log_group}"),
            DeliverLogsPermissionArn=f"arn:aws:iam::{ACCOUNT}:role/flow-logs",
        )
        [flow_log] = ec2.describe_flow_logs()["FlowLogs"]
        return flow_log

    def test_delivers_to_the_log_group_of_its_destination(self):
        client("logs").create_log_group(logGroupName="flow-logs")
        flow_log = self.flow_log("flow-logs")
        self.assertEqual((flow_log["LogGroupName"], flow_log["DeliverLogsStatus"]), ("flow-logs", "SUCCESS"))
        self.assertEqual(flow_log["LogDestination"], arn("logs", "log-group:flow-logs"))

    def test_fails_to_deliver_to_none(self):
        self.assertEqual(self.flow_log("missing")["DeliverLogsStatus"], "FAILED")


class NatGatewayTest(ControlPlaneTest):
    def test_takes_its_network_interface_along_when_it_is_deleted(self):
        ec2 = client("ec2")
        _, subnets, _ = network()
        address = ec2.allocate_address(Domain="vpc")["AllocationId"]
        gateway = ec2.create_nat_gateway(SubnetId=subnets[0], AllocationId=address)["NatGateway"]["NatGatewayId"]
        self.assertEqual(len(ec2.describe_network_interfaces()["NetworkInterfaces"]), 1)
        ec2.delete_nat_gateway(NatGatewayId=gateway)
        self.assertEqual(ec2.describe_network_interfaces()["NetworkInterfaces"], [])
        ec2.release_address(AllocationId=address)
        self.assertEqual(ec2.describe_addresses()["Addresses"], [])


class DeletionTest(ControlPlaneTest):
    def setUp(self):
        super().setUp()
        self.ec2 = client("ec2")
        self.vpc, self.subnets, self.group = network()

    def test_of_a_subnet_waits_for_its_interfaces_and_takes_its_route_table_association_with_it(self):
        table = self.ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"]
        for subnet in self.subnets:
            self.ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
        interface = self.ec2.create_network_interface(SubnetId=self.subnets[0])["NetworkInterface"]
        self.assert_refused("DependencyViolation", self.ec2.delete_subnet, SubnetId=self.subnets[0])
        self.ec2.delete_subnet(SubnetId=self.subnets[1])
        self.ec2.delete_network_interface(NetworkInterfaceId=interface["NetworkInterfaceId"])
        self.assert_refused("DependencyViolation", self.ec2.delete_route_table, RouteTableId=table)
        self.ec2.delete_subnet(SubnetId=self.subnets[0])
        self.ec2.delete_route_table(RouteTableId=table)

    def test_of_a_security_group_waits_for_the_rules_that_name_it_and_the_interfaces_in_it(self):
        other = self.ec2.create_security_group(VpcId=self.vpc, GroupName="other", Description="other")["GroupId"]
        permission = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{"GroupId": other}]}
        self.ec2.authorize_security_group_ingress(GroupId=self.group, IpPermissions=[permission])
        self.ec2.authorize_security_group_ingress(GroupId=other, IpPermissions=[permission])
        interface = self.ec2.create_network_interface(SubnetId=self.subnets[0], Groups=[self.group])
        self.assert_refused("DependencyViolation", self.ec2.delete_security_group, GroupId=other)
        self.assert_refused("DependencyViolation", self.ec2.delete_security_group, GroupId=self.group)
        self.ec2.delete_network_interface(NetworkInterfaceId=interface["NetworkInterface"]["NetworkInterfaceId"])
        self.ec2.delete_security_group(GroupId=self.group)
        self.ec2.delete_security_group(GroupId=other)

    def test_of_a_vpc_waits_for_what_did_not_come_with_it(self):
        gateway = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=self.vpc)
        endpoint = self.ec2.create_vpc_endpoint(
            VpcId=self.vpc, VpcEndpointType="Interface", ServiceName="com.amazonaws.eu-west-1.kms"
        )["VpcEndpoint"]["VpcEndpointId"]
        steps = [
            lambda: [self.ec2.delete_subnet(SubnetId=subnet) for subnet in self.subnets],
            lambda: self.ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=self.vpc),
            lambda: self.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint]),
            lambda: self.ec2.delete_security_group(GroupId=self.group),
        ]
        for step in steps:
            self.assert_refused("DependencyViolation", self.ec2.delete_vpc, VpcId=self.vpc)
            step()
        self.ec2.delete_vpc(VpcId=self.vpc)
