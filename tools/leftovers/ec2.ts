import {
  DescribeAddressesCommand,
  EC2Client,
  paginateDescribeFlowLogs,
  paginateDescribeInternetGateways,
  paginateDescribeNatGateways,
  paginateDescribeNetworkAcls,
  paginateDescribeNetworkInterfaces,
  paginateDescribeRouteTables,
  paginateDescribeSecurityGroupRules,
  paginateDescribeSecurityGroups,
  paginateDescribeSubnets,
  paginateDescribeVpcEndpoints,
  paginateDescribeVpcs,
  type Tag,
} from "@aws-sdk/client-ec2";
import { collect, type Found, type Inventory, tagRecord } from "./inventory";

export const ec2: Inventory = async (config) => {
  const client = new EC2Client(config);
  const all = { client };
  const found = (kind: string, id: string | undefined, tags: Tag[] | undefined, name?: string): Found => {
    const record = tagRecord(tags);
    return { type: `aws:ec2/${kind}`, id: id ?? "", names: [name ?? record.Name], tags: record };
  };
  return (
    await Promise.all([
      collect(paginateDescribeVpcs(all, {}), (page) =>
        page.Vpcs?.map(({ VpcId, Tags }) => found("vpc:Vpc", VpcId, Tags)),
      ),
      collect(paginateDescribeSubnets(all, {}), (page) =>
        page.Subnets?.map(({ SubnetId, Tags }) => found("subnet:Subnet", SubnetId, Tags)),
      ),
      collect(paginateDescribeRouteTables(all, {}), (page) =>
        page.RouteTables?.map(({ RouteTableId, Tags }) => found("routeTable:RouteTable", RouteTableId, Tags)),
      ),
      collect(paginateDescribeInternetGateways(all, {}), (page) =>
        page.InternetGateways?.map(({ InternetGatewayId, Tags }) =>
          found("internetGateway:InternetGateway", InternetGatewayId, Tags),
        ),
      ),
      // Deleted gateways and endpoints stay listed for about an hour.
      collect(paginateDescribeNatGateways(all, {}), (page) =>
        page.NatGateways?.filter(({ State }) => State !== "deleted").map(({ NatGatewayId, Tags }) =>
          found("natGateway:NatGateway", NatGatewayId, Tags),
        ),
      ),
      collect(paginateDescribeVpcEndpoints(all, {}), (page) =>
        page.VpcEndpoints?.filter(({ State }) => State?.toLowerCase() !== "deleted").map(({ VpcEndpointId, Tags }) =>
          found("vpcEndpoint:VpcEndpoint", VpcEndpointId, Tags),
        ),
      ),
      client
        .send(new DescribeAddressesCommand({}))
        .then(({ Addresses = [] }) => Addresses.map(({ AllocationId, Tags }) => found("eip:Eip", AllocationId, Tags))),
      collect(paginateDescribeSecurityGroups(all, {}), (page) =>
        page.SecurityGroups?.map(({ GroupId, GroupName, Tags }) =>
          found("securityGroup:SecurityGroup", GroupId, Tags, GroupName),
        ),
      ),
      collect(paginateDescribeSecurityGroupRules(all, {}), (page) =>
        page.SecurityGroupRules?.map(({ IsEgress, SecurityGroupRuleId, Tags }) => {
          const kind = IsEgress
            ? "securityGroupEgressRule:SecurityGroupEgressRule"
            : "securityGroupIngressRule:SecurityGroupIngressRule";
          return { ...found("", SecurityGroupRuleId, Tags), type: `aws:vpc/${kind}` };
        }),
      ),
      collect(paginateDescribeFlowLogs(all, {}), (page) =>
        page.FlowLogs?.map(({ FlowLogId, Tags }) => found("flowLog:FlowLog", FlowLogId, Tags)),
      ),
      collect(paginateDescribeNetworkAcls(all, {}), (page) =>
        page.NetworkAcls?.map(({ NetworkAclId, Tags }) => found("networkAcl:NetworkAcl", NetworkAclId, Tags)),
      ),
      collect(paginateDescribeNetworkInterfaces(all, {}), (page) =>
        page.NetworkInterfaces?.map(({ NetworkInterfaceId, TagSet }) =>
          found("networkInterface:NetworkInterface", NetworkInterfaceId, TagSet),
        ),
      ),
    ])
  ).flat();
};
