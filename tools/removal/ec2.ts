import {
  DeleteFlowLogsCommand,
  DeleteInternetGatewayCommand,
  DeleteNatGatewayCommand,
  DeleteNetworkAclCommand,
  DeleteNetworkInterfaceCommand,
  DeleteRouteTableCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DeleteVpcEndpointsCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeVpcEndpointsCommand,
  DetachInternetGatewayCommand,
  EC2Client,
  ReleaseAddressCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type UnsuccessfulItem,
} from "@aws-sdk/client-ec2";
import { InUseError, unlessGone } from "./refusals";
import { inMinutes, type Removals } from "./removal";

export const ec2: Removals<
  | "aws:ec2/eip:Eip"
  | "aws:ec2/flowLog:FlowLog"
  | "aws:ec2/internetGateway:InternetGateway"
  | "aws:ec2/natGateway:NatGateway"
  | "aws:ec2/networkAcl:NetworkAcl"
  | "aws:ec2/networkInterface:NetworkInterface"
  | "aws:ec2/routeTable:RouteTable"
  | "aws:ec2/securityGroup:SecurityGroup"
  | "aws:ec2/subnet:Subnet"
  | "aws:ec2/vpc:Vpc"
  | "aws:ec2/vpcEndpoint:VpcEndpoint"
  | "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
  | "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
> = (config) => {
  const client = new EC2Client(config);
  return {
    "aws:ec2/eip:Eip": ({ id: AllocationId }) =>
      client.send(new ReleaseAddressCommand({ AllocationId })).catch((error: unknown) => {
        // A NAT gateway lets go of its address some minutes after it is gone; until then EC2 calls the address somebody else's.
        if (error instanceof Error && error.name === "AuthFailure") throw new InUseError(error.message);
        throw error;
      }),
    "aws:ec2/flowLog:FlowLog": async ({ id }) => {
      refuse((await client.send(new DeleteFlowLogsCommand({ FlowLogIds: [id] }))).Unsuccessful);
    },
    "aws:ec2/internetGateway:InternetGateway": async ({ id: InternetGatewayId }) => {
      const { InternetGateways = [] } = await client.send(
        new DescribeInternetGatewaysCommand({ InternetGatewayIds: [InternetGatewayId] }),
      );
      for (const { VpcId } of InternetGateways.flatMap(({ Attachments = [] }) => Attachments)) {
        await unlessGone(client.send(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId })));
      }
      await client.send(new DeleteInternetGatewayCommand({ InternetGatewayId }));
    },
    "aws:ec2/natGateway:NatGateway": inMinutes(
      async (id) => {
        const { NatGateways } = await client.send(new DescribeNatGatewaysCommand({ NatGatewayIds: [id] }));
        return NatGateways?.[0]?.State;
      },
      (NatGatewayId) => client.send(new DeleteNatGatewayCommand({ NatGatewayId })),
    ),
    "aws:ec2/networkAcl:NetworkAcl": ({ id: NetworkAclId }) =>
      client.send(new DeleteNetworkAclCommand({ NetworkAclId })),
    // Those that AWS's services made go when the services let go of them: Lambda's up to 45 minutes after their function.
    "aws:ec2/networkInterface:NetworkInterface": async ({ id: NetworkInterfaceId }) => {
      const { NetworkInterfaces: [found] = [] } = await client.send(
        new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [NetworkInterfaceId] }),
      );
      if (found?.Status !== "available") throw new InUseError(found?.Description);
      await client.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }));
    },
    "aws:ec2/routeTable:RouteTable": ({ id: RouteTableId }) =>
      client.send(new DeleteRouteTableCommand({ RouteTableId })),
    "aws:ec2/securityGroup:SecurityGroup": ({ id: GroupId }) =>
      client.send(new DeleteSecurityGroupCommand({ GroupId })),
    "aws:ec2/subnet:Subnet": ({ id: SubnetId }) => client.send(new DeleteSubnetCommand({ SubnetId })),
    "aws:ec2/vpc:Vpc": ({ id: VpcId }) => client.send(new DeleteVpcCommand({ VpcId })),
    "aws:ec2/vpcEndpoint:VpcEndpoint": inMinutes(
      async (id) => {
        const { VpcEndpoints } = await client.send(new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] }));
        return VpcEndpoints?.[0]?.State;
      },
      async (id) => {
        refuse((await client.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] }))).Unsuccessful);
      },
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": async ({ id }) =>
      client.send(new RevokeSecurityGroupEgressCommand(await ruleInGroup(client, id))),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": async ({ id }) =>
      client.send(new RevokeSecurityGroupIngressCommand(await ruleInGroup(client, id))),
  };
};

/** Some calls answer errors instead of throwing them. */
function refuse([item]: UnsuccessfulItem[] = []): void {
  if (item) throw Object.assign(new Error(item.Error?.Message), { name: item.Error?.Code ?? "Unsuccessful" });
}

async function ruleInGroup(client: EC2Client, id: string) {
  const { SecurityGroupRules: [rule] = [] } = await client.send(
    new DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds: [id] }),
  );
  return { GroupId: rule?.GroupId, SecurityGroupRuleIds: [id] };
}
