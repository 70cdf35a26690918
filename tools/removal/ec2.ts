import { setTimeout as sleep } from "node:timers/promises";
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
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeVpcEndpointsCommand,
  DetachInternetGatewayCommand,
  EC2Client,
  ReleaseAddressCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type UnsuccessfulItem,
  waitUntilNatGatewayDeleted,
} from "@aws-sdk/client-ec2";
import { InUseError, isGone } from "./refusals";
import { limitInSeconds, type Removals } from "./removal";

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
    "aws:ec2/eip:Eip": ({ id: AllocationId }) => client.send(new ReleaseAddressCommand({ AllocationId })),
    "aws:ec2/flowLog:FlowLog": async ({ id }) => {
      refuse((await client.send(new DeleteFlowLogsCommand({ FlowLogIds: [id] }))).Unsuccessful);
    },
    "aws:ec2/internetGateway:InternetGateway": async ({ id: InternetGatewayId }) => {
      const { InternetGateways = [] } = await client.send(
        new DescribeInternetGatewaysCommand({ InternetGatewayIds: [InternetGatewayId] }),
      );
      for (const { VpcId } of InternetGateways.flatMap(({ Attachments = [] }) => Attachments)) {
        await client.send(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId }));
      }
      await client.send(new DeleteInternetGatewayCommand({ InternetGatewayId }));
    },
    "aws:ec2/natGateway:NatGateway": async ({ id: NatGatewayId }) => {
      await client.send(new DeleteNatGatewayCommand({ NatGatewayId }));
      await waitUntilNatGatewayDeleted({ client, maxWaitTime: limitInSeconds }, { NatGatewayIds: [NatGatewayId] });
    },
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
    "aws:ec2/vpcEndpoint:VpcEndpoint": async ({ id }) => {
      refuse((await client.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] }))).Unsuccessful);
      while (await endpointExists(client, id)) await sleep(5000);
    },
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

/** Deleted ones stay listed for a while. */
async function endpointExists(client: EC2Client, id: string): Promise<boolean> {
  try {
    const { VpcEndpoints = [] } = await client.send(new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] }));
    return VpcEndpoints.some(({ State }) => State?.toLowerCase() !== "deleted");
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}
