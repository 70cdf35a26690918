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
import { collect, type Found, type FoundType, type Inventory, tagRecord } from "./inventory";

/** A thing, and the VPC or security group that it lies in. */
interface Located extends Found {
  tags: Record<string, string>;
  within?: string;
}

/**
 * What goes with its VPC, the default security group, access list and route table, is not listed; what lies in a VPC without being tagged as an
 * environment's, as AWS's services make it, is of the VPC's environment.
 */
export const ec2: Inventory = async (config) => {
  const all = await listed(new EC2Client(config));
  const byId = new Map(all.map((thing) => [thing.id, thing]));
  const tags = (thing: Located): Record<string, string> => {
    const home = thing.tags.Environment === undefined && byId.get(thing.within ?? "");
    return home ? tags(home) : thing.tags;
  };
  return all.map(({ within, ...thing }) => {
    const known = tags({ ...thing, within });
    return { ...thing, tags: known, inheritsTags: known !== thing.tags };
  });
};

async function listed(client: EC2Client): Promise<Located[]> {
  const all = { client };
  const found = (type: FoundType, id: string | undefined, Tags: Tag[] | undefined, within?: string): Located => {
    const tags = tagRecord(Tags);
    return { type, id: id ?? "", names: [tags.Name], tags, within };
  };
  return (
    await Promise.all([
      collect(paginateDescribeVpcs(all, {}), (page) =>
        page.Vpcs?.map(({ VpcId, Tags }) => found("aws:ec2/vpc:Vpc", VpcId, Tags)),
      ),
      collect(paginateDescribeSubnets(all, {}), (page) =>
        page.Subnets?.map(({ SubnetId, Tags, VpcId }) => found("aws:ec2/subnet:Subnet", SubnetId, Tags, VpcId)),
      ),
      collect(paginateDescribeRouteTables(all, {}), (page) =>
        page.RouteTables?.filter(({ Associations = [] }) => !Associations.some(({ Main }) => Main)).map(
          ({ RouteTableId, Tags, VpcId }) => found("aws:ec2/routeTable:RouteTable", RouteTableId, Tags, VpcId),
        ),
      ),
      collect(paginateDescribeInternetGateways(all, {}), (page) =>
        page.InternetGateways?.map(({ Attachments, InternetGatewayId, Tags }) =>
          found("aws:ec2/internetGateway:InternetGateway", InternetGatewayId, Tags, Attachments?.[0]?.VpcId),
        ),
      ),
      // Deleted gateways and endpoints stay listed for about an hour.
      collect(paginateDescribeNatGateways(all, {}), (page) =>
        page.NatGateways?.filter(({ State }) => State !== "deleted").map(({ NatGatewayId, Tags, VpcId }) =>
          found("aws:ec2/natGateway:NatGateway", NatGatewayId, Tags, VpcId),
        ),
      ),
      collect(paginateDescribeVpcEndpoints(all, {}), (page) =>
        page.VpcEndpoints?.filter(({ State }) => State?.toLowerCase() !== "deleted").map(
          ({ VpcEndpointId, Tags, VpcId }) => found("aws:ec2/vpcEndpoint:VpcEndpoint", VpcEndpointId, Tags, VpcId),
        ),
      ),
      client
        .send(new DescribeAddressesCommand({}))
        .then(({ Addresses = [] }) =>
          Addresses.map(({ AllocationId, Tags }) => found("aws:ec2/eip:Eip", AllocationId, Tags)),
        ),
      collect(paginateDescribeSecurityGroups(all, {}), (page) =>
        page.SecurityGroups?.filter(({ GroupName }) => GroupName !== "default").map(
          ({ GroupId, GroupName, Tags, VpcId }) => ({
            ...found("aws:ec2/securityGroup:SecurityGroup", GroupId, Tags, VpcId),
            names: [GroupName],
          }),
        ),
      ),
      collect(paginateDescribeSecurityGroupRules(all, {}), (page) =>
        page.SecurityGroupRules?.map(({ GroupId, IsEgress, SecurityGroupRuleId, Tags }) =>
          found(
            IsEgress
              ? "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
              : "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
            SecurityGroupRuleId,
            Tags,
            GroupId,
          ),
        ),
      ),
      collect(paginateDescribeFlowLogs(all, {}), (page) =>
        page.FlowLogs?.map(({ FlowLogId, ResourceId, Tags }) =>
          found("aws:ec2/flowLog:FlowLog", FlowLogId, Tags, ResourceId),
        ),
      ),
      collect(paginateDescribeNetworkAcls(all, {}), (page) =>
        page.NetworkAcls?.filter(({ IsDefault }) => !IsDefault).map(({ NetworkAclId, Tags, VpcId }) =>
          found("aws:ec2/networkAcl:NetworkAcl", NetworkAclId, Tags, VpcId),
        ),
      ),
      collect(paginateDescribeNetworkInterfaces(all, {}), (page) =>
        page.NetworkInterfaces?.map(({ NetworkInterfaceId, TagSet, VpcId }) =>
          found("aws:ec2/networkInterface:NetworkInterface", NetworkInterfaceId, TagSet, VpcId),
        ),
      ),
    ])
  ).flat();
}
