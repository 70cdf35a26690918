import { regionalArn } from "../../../lib/environment";
import { type Statement } from "../../../lib/iam";
import { made, owned, retagged, type Scope } from "./scope";

/** Kinds of EC2 resources that an environment consists of; AWS chooses their identifiers, so that their tags tell whose they are. */
const kinds = [
  "elastic-ip",
  "internet-gateway",
  "natgateway",
  "route-table",
  "security-group",
  "security-group-rule",
  "subnet",
  "vpc",
  "vpc-endpoint",
  "vpc-flow-log",
];

const creations = [
  "AllocateAddress",
  "AuthorizeSecurityGroupEgress",
  "AuthorizeSecurityGroupIngress",
  "CreateFlowLogs",
  "CreateInternetGateway",
  "CreateNatGateway",
  "CreateRouteTable",
  "CreateSecurityGroup",
  "CreateSubnet",
  "CreateVpc",
  "CreateVpcEndpoint",
];

const changes = [
  "AssociateRouteTable",
  "AttachInternetGateway",
  "CreateRoute",
  "DeleteFlowLogs",
  "DeleteInternetGateway",
  "DeleteNatGateway",
  "DeleteRoute",
  "DeleteRouteTable",
  "DeleteSecurityGroup",
  "DeleteSubnet",
  "DeleteVpc",
  "DeleteVpcEndpoints",
  "DescribeVpcAttribute",
  "DetachInternetGateway",
  "DisassociateAddress",
  "DisassociateRouteTable",
  "ModifySecurityGroupRules",
  "ModifySubnetAttribute",
  "ModifyVpcAttribute",
  "ModifyVpcEndpoint",
  "ReleaseAddress",
  "ReplaceRoute",
  "RevokeSecurityGroupEgress",
  "RevokeSecurityGroupIngress",
];

const descriptions = [
  "DescribeAddresses",
  "DescribeAddressesAttribute",
  "DescribeAvailabilityZones",
  "DescribeFlowLogs",
  "DescribeInternetGateways",
  "DescribeManagedPrefixLists",
  "DescribeNatGateways",
  "DescribeNetworkAcls",
  "DescribeNetworkInterfaces",
  "DescribePrefixLists",
  "DescribeRouteTables",
  "DescribeSecurityGroupRules",
  "DescribeSecurityGroups",
  "DescribeSubnets",
  "DescribeTags",
  "DescribeVpcEndpoints",
  "DescribeVpcs",
];

const ec2 = (names: string[]) => names.map((name) => `ec2:${name}`);

/** The network, found and changed by its tags (EC2 user guide, "Control access to EC2 resources using resource tags"). */
export function networkStatements(scope: Scope): Statement[] {
  const Resource = kinds.map((kind) => regionalArn(scope, "ec2", `${kind}/*`));
  return [
    {
      Sid: "Describe",
      Effect: "Allow",
      // EC2 cannot narrow what is described (Service authorization reference, "Amazon EC2").
      Action: ec2(descriptions),
      Resource: "*",
      Condition: { StringEquals: { "aws:RequestedRegion": scope.region } },
    },
    { Sid: "CreateTagged", Effect: "Allow", Action: ec2(creations), Resource, Condition: made(scope) },
    // What is created stands in, or joins, what is there already.
    { Sid: "ChangeOwn", Effect: "Allow", Action: ec2([...creations, ...changes]), Resource, Condition: owned(scope) },
    {
      Sid: "TagNew",
      Effect: "Allow",
      Action: "ec2:CreateTags",
      Resource,
      Condition: { ...made(scope), StringEquals: { "ec2:CreateAction": creations } },
    },
    {
      Sid: "TagDefaultSecurityGroup",
      Effect: "Allow",
      Action: "ec2:CreateTags",
      // A VPC comes with one, which has no tag until then.
      Resource: regionalArn(scope, "ec2", "security-group/*"),
      Condition: { ...made(scope), Null: { "aws:ResourceTag/Environment": "true" } },
    },
    {
      Sid: "TagOwn",
      Effect: "Allow",
      Action: ["ec2:CreateTags", "ec2:DeleteTags"],
      Resource,
      Condition: retagged(scope),
    },
    {
      Sid: "NameInterfaceEndpoints",
      Effect: "Allow",
      // CreateVpcEndpoint with private DNS asks for it (Service authorization reference, "Amazon EC2"). The zone is AWS's.
      Action: "route53:AssociateVPCWithHostedZone",
      Resource: [`arn:${scope.partition}:route53:::hostedzone/*`, regionalArn(scope, "ec2", "vpc/*")],
      Condition: { StringLikeIfExists: { "aws:ResourceTag/Environment": scope.environmentSuffix } },
    },
    {
      Sid: "DisassociateFromNatGateways",
      Effect: "Allow",
      Action: "ec2:DisassociateAddress",
      // Beside the address, what it is at is asked about (Service authorization reference). The interfaces of NAT gateways carry no tag.
      Resource: regionalArn(scope, "ec2", "network-interface/*"),
      Condition: { StringLikeIfExists: { "aws:ResourceTag/Environment": scope.environmentSuffix } },
    },
    {
      Sid: "DeleteNetworkInterfacesOfFunctions",
      Effect: "Allow",
      Action: "ec2:DeleteNetworkInterface",
      // Lambda makes them without tags; a subnet cannot go before those that it has left. One in use cannot be deleted.
      Resource: regionalArn(scope, "ec2", "network-interface/*"),
    },
  ];
}
