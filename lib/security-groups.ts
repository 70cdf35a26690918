import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { resourceName, type ResourceType } from "./naming";

const anywhere = "0.0.0.0/0";
const https = 443;

/** How what stands in the private subnets reaches AWS's APIs. */
export interface AwsAccess {
  /** Security group of the interface endpoints, if there are any. */
  endpointSecurityGroupId: pulumi.Output<string> | undefined;
  /** Managed prefix list of S3 in this region. */
  s3PrefixListId: pulumi.Output<string>;
  /** Whether a NAT gateway leads to the internet. */
  nat: boolean;
}

/** One side of an allowed connection. */
export interface Peer {
  /** Names the rules. */
  name: string;
  securityGroupId: pulumi.Input<string>;
}

interface Connection {
  from: Peer;
  to: Peer;
  port: pulumi.Input<number>;
}

/** A security group that admits nothing and lets nothing out until rules say otherwise. */
export function createSecurityGroup(
  parent: pulumi.Resource,
  name: string,
  args: { type: ResourceType; environmentSuffix: string; vpcId: pulumi.Input<string>; description: string },
  customTimeouts?: pulumi.CustomTimeouts,
): aws.ec2.SecurityGroup {
  const { type, environmentSuffix, vpcId, description } = args;
  const physicalName = resourceName(type, environmentSuffix);
  return new aws.ec2.SecurityGroup(
    name,
    { name: physicalName, vpcId, description, revokeRulesOnDelete: true, tags: { Name: physicalName } },
    { parent, customTimeouts },
  );
}

/** Lets one security group open TCP connections to another: by the rules out of the first and into the second, which are returned. */
export function allowConnection(parent: pulumi.Resource, { from, to, port }: Connection): pulumi.Resource[] {
  const rule = { ipProtocol: "tcp", fromPort: port, toPort: port };
  const egress = new aws.vpc.SecurityGroupEgressRule(
    `${from.name}-to-${to.name}`,
    {
      ...rule,
      securityGroupId: from.securityGroupId,
      referencedSecurityGroupId: to.securityGroupId,
      description: `To ${to.name}`,
    },
    { parent },
  );
  const ingress = new aws.vpc.SecurityGroupIngressRule(
    `${to.name}-from-${from.name}`,
    {
      ...rule,
      securityGroupId: to.securityGroupId,
      referencedSecurityGroupId: from.securityGroupId,
      description: `From ${from.name}`,
    },
    { parent },
  );
  return [egress, ingress];
}

/**
 * Lets a security group reach AWS's APIs over HTTPS: by the interface endpoints, and through NAT where there is one.
 * Returns the rules.
 */
export function allowAwsApis(parent: pulumi.Resource, from: Peer, access: AwsAccess): pulumi.Resource[] {
  const rules: pulumi.Resource[] = [];
  if (access.endpointSecurityGroupId) {
    const to = { name: "endpoints", securityGroupId: access.endpointSecurityGroupId };
    rules.push(...allowConnection(parent, { from, to, port: https }));
  }
  if (access.nat) {
    const egress = new aws.vpc.SecurityGroupEgressRule(
      `${from.name}-to-internet`,
      {
        securityGroupId: from.securityGroupId,
        ipProtocol: "tcp",
        fromPort: https,
        toPort: https,
        cidrIpv4: anywhere,
        description: "HTTPS to AWS APIs through NAT",
      },
      { parent },
    );
    rules.push(egress);
  }
  return rules;
}

/** Lets a security group read from S3 by the gateway endpoint, which container images come from. */
export function allowS3(parent: pulumi.Resource, from: Peer, access: AwsAccess): void {
  new aws.vpc.SecurityGroupEgressRule(
    `${from.name}-to-s3`,
    {
      securityGroupId: from.securityGroupId,
      ipProtocol: "tcp",
      fromPort: https,
      toPort: https,
      prefixListId: access.s3PrefixListId,
      description: "HTTPS to S3 by the gateway endpoint",
    },
    { parent },
  );
}
