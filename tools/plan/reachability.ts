import type { Registered } from "../program";
import { Stack, titleOf } from "./resources";
import { commonPorts, describePorts, type Ports, type SecurityRule, securityRulesOf } from "./security-rules";

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
  const rules = securityRulesOf(stack);
  return {
    tiers: tiersOf(stack),
    connections: distinct([
      ...frontEnds(stack),
      ...into(rules, stack),
      ...betweenGroups(rules, stack),
      ...out(rules, stack),
    ]),
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

/** What security groups let each other do: it takes a rule out of the one and a rule into the other. Either may admit the other's addresses in place of its group. */
function betweenGroups(rules: SecurityRule[], stack: Stack): Connection[] {
  const inOrOut = (wanted: SecurityRule["direction"]) => rules.filter(({ direction }) => direction === wanted);
  const [out, into] = [inOrOut("egress"), inOrOut("ingress")];
  const connection = (from: Registered, to: Registered, ports: Ports, blocked?: string): Connection => ({
    from: nameOfGroup(from, stack),
    to: nameOfGroup(to, stack),
    port: describePorts(ports),
    via: "the VPC",
    ...(blocked === undefined ? {} : { blocked }),
  });
  const ports = (one: SecurityRule, others: SecurityRule[]) =>
    others.flatMap((other) => commonPorts(one.ports, other.ports) ?? []);
  const naming = (group: Registered) => (rule: SecurityRule) => rule.groups.includes(group);
  const byAddress = (rule: SecurityRule) => rule.others.length > 0;

  const begun = out.flatMap((rule) =>
    rule.groups.flatMap((other) => {
      const { group } = rule;
      const there = into.filter((one) => one.group === other);
      const admitted = [...ports(rule, there.filter(naming(group))), ...ports(rule, there.filter(byAddress))];
      return admitted.length > 0
        ? admitted.map((common) => connection(group, other, common))
        : [connection(group, other, rule.ports, "nothing lets it in")];
    }),
  );
  const awaited = into.flatMap((rule) =>
    rule.groups.flatMap((other) => {
      const there = out.filter((one) => one.group === other);
      if (ports(rule, there.filter(naming(rule.group))).length > 0) return [];
      const admitted = ports(rule, there.filter(byAddress));
      return admitted.length > 0
        ? admitted.map((common) => connection(other, rule.group, common))
        : [connection(other, rule.group, rule.ports, "nothing lets it out")];
    }),
  );
  return [...begun, ...awaited];
}

/** What leaves its security group by address: to anywhere, as far as there is a route, to other addresses, and to S3 by its gateway endpoint. */
function out(rules: SecurityRule[], stack: Stack): Connection[] {
  return rules
    .filter(({ direction }) => direction === "egress")
    .flatMap(({ endpoints, group, others, ports }) => {
      const subnets = holdersOf(group, stack).flatMap((holder) => subnetsOf(holder, stack));
      const [from, port] = [nameOfGroup(group, stack), describePorts(ports)];
      const toS3 = endpoints.map((endpoint) => {
        const tables = stack.referred(endpoint, "routeTableIds");
        const reaches = subnets.every((subnet) => tablesOf(subnet, stack).some((table) => tables.includes(table)));
        const via = `gateway endpoint ${endpoint.name}`;
        return { from, to: "S3", port, via, ...(reaches ? {} : { blocked: "no route" }) };
      });
      const ways = [...new Set(subnets.map((subnet) => wayToInternet(subnet, stack)))];
      const toOthers = others.map((to) =>
        isAnywhere(to)
          ? {
              from,
              to: internet,
              port,
              via: ways.join(", "),
              ...(ways.includes("none") ? { blocked: "no route" } : {}),
            }
          : { from, to, port, via: "the VPC, or a way out of it" },
      );
      return [...toS3, ...toOthers];
    });
}

/** Whom security groups admit by address. Whether others than the internet have a way there, nothing here tells. */
function into(rules: SecurityRule[], stack: Stack): Connection[] {
  return rules
    .filter(({ direction }) => direction === "ingress")
    .flatMap(({ endpoints, group, others, ports }) => {
      const [to, port] = [nameOfGroup(group, stack), describePorts(ports)];
      const open = holdersOf(group, stack).some((holder) => isPublic(holder));
      return [...endpoints.map(() => "S3"), ...others].map((from) =>
        isAnywhere(from)
          ? { from: internet, to, port, via: "the internet gateway", ...(open ? {} : { blocked: "no public address" }) }
          : { from, to, port, via: "the VPC, or a way into it" },
      );
    });
}

/** AWS's own front ends, which the internet reaches. */
function frontEnds(stack: Stack): Connection[] {
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
  return [...stages, ...signIn];
}

/** Whether AWS gives it a public address. */
function isPublic({ inputs }: Registered): boolean {
  const network = inputs.networkConfiguration as { assignPublicIp?: unknown } | undefined;
  return inputs.publiclyAccessible === true || network?.assignPublicIp === true;
}

function isAnywhere(block: unknown): boolean {
  return anywhere.some((each) => each === block);
}

/** Each once: a rule may admit the internet of either version of IP. */
function distinct(connections: Connection[]): Connection[] {
  const texts = connections.map((connection) => JSON.stringify(connection));
  return connections.filter((_, index) => texts.indexOf(texts[index] ?? "") === index);
}
