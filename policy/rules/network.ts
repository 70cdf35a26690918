import { all, hasCompanion, is, isNot, isSet, isUnset, violationsOf } from "../expectations";
import { allowed, hasCondition, namesNone } from "../policy-document";
import { waysOut } from "../routes";
import type { PolicyResource, Rule } from "../rule";
import { referred, referrers } from "../stack";
import { at, list, show, texts, unlessHidden } from "../values";

const vpc = "aws:ec2/vpc:Vpc";
const subnet = "aws:ec2/subnet:Subnet";
const securityGroup = "aws:ec2/securityGroup:SecurityGroup";
const defaultSecurityGroup = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";
const ingressRule = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const egressRule = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const endpoint = "aws:ec2/vpcEndpoint:VpcEndpoint";
const internetGateway = "aws:ec2/internetGateway:InternetGateway";
const natGateway = "aws:ec2/natGateway:NatGateway";

/** Types that hold patients' data, and the inputs that say where they stand. */
const dataStores: Record<string, { subnetGroup: string; subnetGroupType: string; securityGroups: string }> = {
  "aws:rds/instance:Instance": {
    subnetGroup: "dbSubnetGroupName",
    subnetGroupType: "aws:rds/subnetGroup:SubnetGroup",
    securityGroups: "vpcSecurityGroupIds",
  },
  "aws:elasticache/replicationGroup:ReplicationGroup": {
    subnetGroup: "subnetGroupName",
    subnetGroupType: "aws:elasticache/subnetGroup:SubnetGroup",
    securityGroups: "securityGroupIds",
  },
};

/** Types that run the platform's code, and the input that says where they stand. */
const workloads: Record<string, string> = {
  "aws:lambda/function:Function": "vpcConfig",
  "aws:ecs/service:Service": "networkConfiguration",
};

/** Bits of a block of addresses from which on it is not as good as the whole internet: two halves of it are all of it. */
const leastBits = { ipv4: 8, ipv6: 16 };

export const networkRules: Rule[] = [
  {
    name: "subnet-no-public-addresses",
    description: "No subnet gives out public addresses by itself.",
    controls: ["45 CFR 164.312(e)(1)", "FSBP EC2.15"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set mapPublicIpOnLaunch and assignIpv6AddressOnCreation to false.",
    types: [subnet],
    scope: "resource",
    check: all(isNot("mapPublicIpOnLaunch", true), isNot("assignIpv6AddressOnCreation", true)),
  },
  {
    name: "public-addresses-for-nat",
    description: "Public addresses are for NAT gateways, which let nobody in.",
    controls: ["45 CFR 164.312(e)(1)", "Security Hub EC2.12"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Remove the address, or give it to a NAT gateway by allocationId.",
    types: ["aws:ec2/eip:Eip"],
    scope: "stack",
    check: (resource, stack) =>
      referrers(stack, natGateway, "allocationId", resource).length > 0 ? [] : ["no NAT gateway has this address"],
  },
  {
    name: "default-group-closed",
    description: "Each VPC's default security group, which what has no other one gets, lets nothing through.",
    controls: ["45 CFR 164.312(e)(1)", "FSBP EC2.2"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Add a DefaultSecurityGroup for the VPC.",
    types: [vpc],
    scope: "stack",
    check: hasCompanion(defaultSecurityGroup, "vpcId"),
  },
  {
    name: "default-group-empty",
    description: "Default security groups have no rules.",
    controls: ["45 CFR 164.312(e)(1)", "FSBP EC2.2"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Set ingress and egress to empty lists.",
    types: [defaultSecurityGroup],
    scope: "resource",
    check: all(isUnset("ingress"), isUnset("egress")),
  },
  {
    name: "ingress-not-from-everywhere",
    description: "No security group admits the whole internet, or a large part of it.",
    controls: ["45 CFR 164.312(a)(1)", "45 CFR 164.312(e)(1)", "FSBP EC2.18", "FSBP EC2.19"],
    severity: "critical",
    enforcement: "mandatory",
    remedy: "Admit a security group, by referencedSecurityGroupId.",
    types: [ingressRule, securityGroup],
    scope: "resource",
    check: (resource) =>
      openings(resource, "ingress")
        .filter(({ peers }) => peers.some(isEverywhere))
        .map(({ ports, peers }) => `admits ${peers.join(", ")} to ${ports}`),
  },
  {
    name: "egress-to-everywhere-by-https",
    description: "To the whole internet, security groups let out HTTPS only.",
    controls: ["45 CFR 164.312(e)(1)"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Let out TCP to port 443, or name the destination more narrowly.",
    types: [egressRule, securityGroup],
    scope: "resource",
    check: (resource) =>
      openings(resource, "egress")
        .filter(({ ports, peers }) => peers.some(isEverywhere) && ports !== "tcp 443")
        .map(({ ports, peers }) => `lets ${ports} out to ${peers.join(", ")}`),
  },
  {
    name: "rule-of-one-port",
    description: "Each rule of a security group is about one TCP port.",
    controls: ["45 CFR 164.312(a)(1)"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set ipProtocol to tcp, and fromPort and toPort to the same port.",
    types: [ingressRule, egressRule],
    scope: "resource",
    check: all(is("ipProtocol", "tcp"), ({ inputs: { fromPort, toPort } }) =>
      fromPort === toPort ? [] : [`is about ports ${show(fromPort)} to ${show(toPort)}`],
    ),
  },
  {
    name: "data-store-admits-groups",
    description:
      "Data stores admit security groups of clients on their own port, never addresses, and let nothing out.",
    controls: ["45 CFR 164.312(a)(1)", "45 CFR 164.312(e)(1)"],
    severity: "critical",
    enforcement: "mandatory",
    remedy: "Admit by rules with referencedSecurityGroupId on the data store's port; add no egress rule.",
    types: Object.keys(dataStores),
    scope: "stack",
    check: (resource, stack) => {
      const groups = referred(stack, resource, dataStores[resource.type]?.securityGroups ?? "", securityGroup);
      const rules = groups.flatMap((group) => referrers(stack, ingressRule, "securityGroupId", group));
      const wayOut = groups.flatMap((group) => referrers(stack, egressRule, "securityGroupId", group));
      return violationsOf(
        () => (groups.length > 0 ? [] : ["wears no security group of this stack"]),
        () =>
          rules
            .filter(({ references }) => (references.referencedSecurityGroupId ?? []).length === 0)
            .map(
              ({ name, inputs }) => `${name} admits ${peersOf(inputs).join(", ") || "no security group of this stack"}`,
            ),
        () =>
          rules
            .filter(({ inputs }) => unlessHidden(() => inputs.toPort !== resource.inputs.port, false))
            .map(({ name, inputs }) => `${name} admits to port ${show(inputs.toPort)}, not to the data store's`),
        () => wayOut.map(({ name }) => `${name} lets it out`),
        () => groups.flatMap((group) => ownOpenings(group, resource.inputs.port)),
      );
    },
  },
  {
    name: "data-store-isolated",
    description: "Data stores stand in subnets without a route to or from the internet.",
    controls: ["45 CFR 164.312(a)(1)", "45 CFR 164.312(e)(1)", "FSBP RDS.46"],
    severity: "critical",
    enforcement: "mandatory",
    remedy: "Use subnets whose route table has no route to an internet gateway or a NAT gateway.",
    types: Object.keys(dataStores),
    scope: "stack",
    check: (resource, stack) => {
      const place = dataStores[resource.type];
      const groups = place ? referred(stack, resource, place.subnetGroup, place.subnetGroupType) : [];
      const subnets = groups.flatMap((group) => referred(stack, group, "subnetIds", subnet));
      return violationsOf(
        () => (subnets.length > 0 ? [] : ["stands in no subnet of this stack"]),
        ...waysOut(stack, subnets, internetGateway, natGateway),
      );
    },
  },
  {
    name: "workload-not-public",
    description: "Functions and tasks stand in subnets that the internet cannot reach.",
    controls: ["45 CFR 164.312(e)(1)"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Use subnets whose route table has no route to an internet gateway.",
    types: Object.keys(workloads),
    scope: "stack",
    check: (resource, stack) => {
      const subnets = referred(stack, resource, workloads[resource.type] ?? "", subnet);
      return violationsOf(
        () => (subnets.length > 0 ? [] : ["stands in no subnet of this stack"]),
        ...waysOut(stack, subnets, internetGateway),
      );
    },
  },
  {
    name: "vpc-flow-logs",
    description: "Each VPC has a flow log.",
    controls: ["45 CFR 164.312(b)", "FSBP EC2.6"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Add a FlowLog for the VPC.",
    types: [vpc],
    scope: "stack",
    check: hasCompanion("aws:ec2/flowLog:FlowLog", "vpcId"),
  },
  {
    name: "flow-log-complete",
    description: "Flow logs record accepted and refused traffic, in a log group.",
    controls: ["45 CFR 164.312(b)"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set trafficType to ALL, and logDestination and iamRoleArn to those of the flow log.",
    types: ["aws:ec2/flowLog:FlowLog"],
    scope: "resource",
    check: all(is("trafficType", "ALL"), isSet("logDestination"), isSet("iamRoleArn")),
  },
  {
    name: "endpoint-policy-narrow",
    description: "VPC endpoints let through named actions only: by principals of this account, or on named resources.",
    controls: ["45 CFR 164.308(a)(4)(ii)(B)", "45 CFR 164.312(e)(1)"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set a policy that names the actions, and a condition on aws:PrincipalAccount or the resources.",
    types: [endpoint],
    scope: "resource",
    check: all(isSet("policy"), ({ inputs }) =>
      allowed(inputs.policy).flatMap((statement) => {
        const wild = statement.actions.filter((action) => /(^|:)\*$/.test(action));
        const narrowed = hasCondition(statement, "aws:PrincipalAccount") || !statement.resources.some(namesNone);
        return [
          ...wild.map((action) => `policy lets ${action} through`),
          ...(statement.negations.length > 0 ? [`policy allows by ${statement.negations.join(", ")}`] : []),
          ...(narrowed ? [] : ["policy lets other accounts through"]),
        ];
      }),
    ),
  },
  {
    name: "endpoint-private",
    description: "Interface endpoints answer by AWS's own names, to whom their security group admits.",
    controls: ["45 CFR 164.312(e)(1)"],
    severity: "low",
    enforcement: "mandatory",
    remedy: "Set privateDnsEnabled to true, and securityGroupIds.",
    types: [endpoint],
    about: ({ inputs }) => inputs.vpcEndpointType === "Interface",
    scope: "resource",
    check: all(is("privateDnsEnabled", true), isSet("securityGroupIds")),
  },
  {
    name: "vpc-interface-endpoints",
    description: "The VPC reaches the APIs of EC2, ECR and Systems Manager without the internet.",
    controls: [
      "45 CFR 164.312(e)(1)",
      "FSBP EC2.10",
      "FSBP EC2.55",
      "FSBP EC2.56",
      "FSBP EC2.57",
      "FSBP EC2.58",
      "FSBP EC2.60",
    ],
    severity: "medium",
    enforcement: "advisory",
    remedy: "Add the services to interfaceEndpoints.",
    types: [vpc],
    scope: "stack",
    check: (resource, stack) => {
      const services = referrers(stack, endpoint, "vpcId", resource).map(({ inputs }) => String(inputs.serviceName));
      return ["ec2", "ecr.api", "ecr.dkr", "ssm", "ssm-contacts", "ssm-incidents"]
        .filter((service) => !services.some((name) => name.endsWith(`.${service}`)))
        .map((service) => `has no endpoint for ${service}`);
    },
    exception: {
      reason:
        "Nothing in the VPC calls EC2 or Systems Manager. ECR is reached by TLS through NAT, or by endpoints where there is no NAT (interfaceEndpoints).",
      covers: () => true,
    },
  },
];

interface Opening {
  /** Such as `tcp 443`. */
  ports: string;
  /** Blocks of addresses. */
  peers: string[];
}

/** What a rule, or a security group by rules of its own, opens to blocks of addresses. */
function openings({ type, inputs }: PolicyResource, direction: "ingress" | "egress"): Opening[] {
  const rules = type === securityGroup ? list(inputs[direction]) : [inputs];
  return rules.map((rule) => {
    const protocol = at(rule, "ipProtocol") ?? at(rule, "protocol");
    const [from, to] = [at(rule, "fromPort"), at(rule, "toPort")];
    const ports = from === to ? show(from) : `${show(from)}-${show(to)}`;
    return { ports: `${String(protocol)} ${ports}`, peers: peersOf(rule) };
  });
}

function peersOf(rule: unknown): string[] {
  return ["cidrIpv4", "cidrIpv6", "cidrBlocks", "ipv6CidrBlocks"].flatMap((peer) => texts(at(rule, peer)));
}

/** Whether a block of addresses is the internet, or a large part of it. */
function isEverywhere(block: string): boolean {
  const least = block.includes(":") ? leastBits.ipv6 : leastBits.ipv4;
  return Number(/\/(\d+)$/.exec(block)?.[1] ?? least) < least;
}

/**
 * What the rules inside of a data store's security group open to others than groups of clients, on its port. They are judged by what they say: after a refresh
 * they say the same as the separate ones.
 */
function ownOpenings({ name, inputs }: PolicyResource, port: unknown): string[] {
  return violationsOf(
    () =>
      list(inputs.ingress).flatMap((rule) => [
        ...[...peersOf(rule), ...texts(at(rule, "prefixListIds"))].map((peer) => `${name} admits ${peer}`),
        ...(at(rule, "self") === true ? [`${name} admits itself`] : []),
        ...(at(rule, "fromPort") === port && at(rule, "toPort") === port
          ? []
          : [`${name} admits to port ${show(at(rule, "toPort"))}, not to the data store's`]),
      ]),
    () => list(inputs.egress).map(() => `${name} lets it out`),
  );
}
