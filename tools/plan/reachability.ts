import type { Registered } from "../program";
import { Stack, titleOf } from "./resources";

/** Who can reach whom over the network, by subnets, routes and security groups; and who may invoke which function. */
export interface Reachability {
  tiers: Tier[];
  connections: Connection[];
  invocations: Invocation[];
}

/** Subnets with the same ways out. */
export interface Tier {
  /** Logical names. */
  subnets: string[];
  cidrBlocks: string[];
  /** Way to the internet. */
  internet: "internet gateway" | "NAT gateway" | "none";
  /** What stands in them. */
  members: string[];
}

export interface Connection {
  from: string;
  to: string;
  /** Such as `tcp 5432`. */
  port: string;
  via: string;
  /** Why it does not come about although one side allows it. */
  blocked?: string;
}

export interface Invocation {
  /** An AWS service, or whoever is allowed to by IAM. */
  by: string;
  function: string;
}

const anywhere = ["0.0.0.0/0", "::/0"];

const internet = "internet";

export function reachability(resources: Registered[]): Reachability {
  const stack = new Stack(resources);
  return {
    tiers: tiersOf(stack),
    connections: [...fromInternet(stack), ...betweenGroups(stack), ...out(stack)],
    invocations: invocationsOf(stack),
  };
}

/** Each pair once: a function may have several schedules. */
function invocationsOf(stack: Stack): Invocation[] {
  const all = stack.ofType("aws:lambda/permission:Permission").map((permission) => ({
    by: String(permission.inputs.principal),
    function: stack
      .referred(permission, "function")
      .map(({ name }) => name)
      .join(", "),
  }));
  const isSame = (one: Invocation) => (other: Invocation) => other.by === one.by && other.function === one.function;
  return all.filter((invocation, index) => all.findIndex(isSame(invocation)) === index);
}

function tiersOf(stack: Stack): Tier[] {
  const tiers = new Map<string, Tier>();
  for (const subnet of stack.ofType("aws:ec2/subnet:Subnet")) {
    const tier = subnet.name.replace(/-\d+$/, "");
    const way = wayToInternet(subnet, stack);
    const key = `${tier} ${way}`;
    const known = tiers.get(key) ?? { subnets: [], cidrBlocks: [], internet: way, members: membersOf(subnet, stack) };
    known.subnets.push(subnet.name);
    known.cidrBlocks.push(String(subnet.inputs.cidrBlock));
    known.members = [...new Set([...known.members, ...membersOf(subnet, stack)])];
    tiers.set(key, known);
  }
  return [...tiers.values()];
}

/** By the default route of the subnet's table; a subnet without a table of its own has the VPC's, which has none. */
function wayToInternet(subnet: Registered, stack: Stack): Tier["internet"] {
  const routes = tablesOf(subnet, stack)
    .flatMap((table) => stack.referring("aws:ec2/route:Route", "routeTableId", table))
    .filter(({ inputs }) => [inputs.destinationCidrBlock, inputs.destinationIpv6CidrBlock].some(isAnywhere));
  if (routes.some(({ inputs }) => inputs.gatewayId !== undefined)) return "internet gateway";
  return routes.length > 0 ? "NAT gateway" : "none";
}

function tablesOf(subnet: Registered, stack: Stack): Registered[] {
  return stack
    .referring("aws:ec2/routeTableAssociation:RouteTableAssociation", "subnetId", subnet)
    .flatMap((association) => stack.referred(association, "routeTableId"));
}

/** How resources of a type say where they stand: the inputs with their subnets and with their security groups. */
const placements: Record<string, { subnets: string; groups?: string; through?: string }> = {
  "aws:ec2/natGateway:NatGateway": { subnets: "subnetId" },
  "aws:ec2/vpcEndpoint:VpcEndpoint": { subnets: "subnetIds", groups: "securityGroupIds" },
  "aws:ecs/service:Service": { subnets: "networkConfiguration", groups: "networkConfiguration" },
  "aws:elasticache/replicationGroup:ReplicationGroup": { subnets: "subnetGroupName", groups: "securityGroupIds" },
  "aws:lambda/function:Function": { subnets: "vpcConfig", groups: "vpcConfig" },
  "aws:rds/instance:Instance": { subnets: "dbSubnetGroupName", groups: "vpcSecurityGroupIds" },
};

function subnetsOf(resource: Registered, stack: Stack): Registered[] {
  const placement = placements[resource.type];
  if (!placement) return [];
  return stack
    .referred(resource, placement.subnets)
    .flatMap((found) => (found.type.endsWith("SubnetGroup") ? stack.referred(found, "subnetIds") : [found]))
    .filter(({ type }) => type === "aws:ec2/subnet:Subnet");
}

function membersOf(subnet: Registered, stack: Stack): string[] {
  return stack.inCloud.filter((resource) => subnetsOf(resource, stack).includes(subnet)).map(titleOf);
}

/** What has a security group. */
function holdersOf(group: Registered, stack: Stack): Registered[] {
  return stack.inCloud.filter((resource) => {
    const input = placements[resource.type]?.groups;
    return input !== undefined && stack.referred(resource, input).includes(group);
  });
}

function nameOfGroup(group: Registered, stack: Stack): string {
  const holders = holdersOf(group, stack);
  if (holders.length === 0) return `nothing (${titleOf(group)})`;
  const [holder] = holders;
  return holders.length === 1 && holder
    ? titleOf(holder)
    : `interface endpoints: ${holders.map(({ name }) => name).join(", ")}`;
}

const egressRule = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const ingressRule = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";

/** What security groups let each other do: it takes a rule out of the one and a rule into the other. */
function betweenGroups(stack: Stack): Connection[] {
  const ends = (rule: Registered) => ({
    own: stack.referred(rule, "securityGroupId")[0],
    other: stack.referred(rule, "referencedSecurityGroupId")[0],
    port: portOf(rule),
  });
  const known = (end: ReturnType<typeof ends>): end is { own: Registered; other: Registered; port: string } =>
    end.own !== undefined && end.other !== undefined;
  const out = stack.ofType(egressRule).map(ends).filter(known);
  const into = stack.ofType(ingressRule).map(ends).filter(known);
  const connection = (from: Registered, to: Registered, port: string, blocked?: string): Connection => ({
    from: nameOfGroup(from, stack),
    to: nameOfGroup(to, stack),
    port,
    via: "the VPC",
    ...(blocked === undefined ? {} : { blocked }),
  });
  return [
    ...out.map(({ own, other, port }) =>
      into.some((rule) => rule.own === other && rule.other === own && rule.port === port)
        ? connection(own, other, port)
        : connection(own, other, port, "nothing lets it in"),
    ),
    ...into
      .filter(
        ({ own, other, port }) => !out.some((rule) => rule.own === other && rule.other === own && rule.port === port),
      )
      .map(({ own, other, port }) => connection(other, own, port, "nothing lets it out")),
  ];
}

/** What leaves the VPC: to anywhere, as far as there is a route, and to S3 by its gateway endpoint. */
function out(stack: Stack): Connection[] {
  return stack.ofType(egressRule).flatMap((rule) => {
    const [group] = stack.referred(rule, "securityGroupId");
    if (!group || rule.references.referencedSecurityGroupId) return [];
    const subnets = holdersOf(group, stack).flatMap((holder) => subnetsOf(holder, stack));
    const from = nameOfGroup(group, stack);
    const port = portOf(rule);
    const [endpoint] = stack.referred(rule, "prefixListId");
    if (endpoint) {
      const tables = stack.referred(endpoint, "routeTableIds");
      const reaches = subnets.every((subnet) => tablesOf(subnet, stack).some((table) => tables.includes(table)));
      const via = `gateway endpoint ${endpoint.name}`;
      return [{ from, to: "S3", port, via, ...(reaches ? {} : { blocked: "no route" }) }];
    }
    const to = isAnywhere(rule.inputs.cidrIpv4 ?? rule.inputs.cidrIpv6) ? internet : String(rule.inputs.cidrIpv4);
    const ways = [...new Set(subnets.map((subnet) => wayToInternet(subnet, stack)))];
    const via = ways.join(", ");
    return [{ from, to, port, via, ...(ways.includes("none") ? { blocked: "no route" } : {}) }];
  });
}

/** What the internet reaches: AWS's own front ends, and whatever has a public address and lets it in. */
function fromInternet(stack: Stack): Connection[] {
  const firewalled = stack
    .ofType("aws:wafv2/webAclAssociation:WebAclAssociation")
    .flatMap((association) => stack.referred(association, "resourceArn"));
  const stages = stack.ofType("aws:apigateway/stage:Stage").map((stage) => ({
    from: internet,
    to: `RestApi ${stack
      .referred(stage, "restApi")
      .map(({ name }) => name)
      .join(", ")}`,
    port: "tcp 443",
    via: firewalled.includes(stage) ? "firewall, AWS's own network" : "AWS's own network",
  }));
  const signIn = stack.ofType("aws:cognito/userPoolDomain:UserPoolDomain").map((domain) => ({
    from: internet,
    to: `sign-in pages of UserPool ${stack
      .referred(domain, "userPoolId")
      .map(({ name }) => name)
      .join(", ")}`,
    port: "tcp 443",
    via: "AWS's own network",
  }));
  const open = stack
    .ofType(ingressRule)
    .filter(({ inputs }) => isAnywhere(inputs.cidrIpv4) || isAnywhere(inputs.cidrIpv6))
    .flatMap((rule) =>
      stack.referred(rule, "securityGroupId").map((group) => ({
        from: internet,
        to: nameOfGroup(group, stack),
        port: portOf(rule),
        via: "the internet gateway",
        ...(holdersOf(group, stack).some((holder) => isPublic(holder)) ? {} : { blocked: "no public address" }),
      })),
    );
  return [...stages, ...signIn, ...open];
}

/** Whether AWS gives it a public address. */
function isPublic({ inputs }: Registered): boolean {
  const network = inputs.networkConfiguration as { assignPublicIp?: unknown } | undefined;
  return inputs.publiclyAccessible === true || network?.assignPublicIp === true;
}

function isAnywhere(block: unknown): boolean {
  return anywhere.some((each) => each === block);
}

function portOf({ inputs }: Registered): string {
  const { fromPort, ipProtocol, toPort } = inputs;
  if (ipProtocol === "-1") return "all";
  return fromPort === toPort
    ? `${String(ipProtocol)} ${String(fromPort)}`
    : `${String(ipProtocol)} ${String(fromPort)}-${String(toPort)}`;
}
