import type { Registered } from "../program";
import { shown, type Stack } from "./resources";

/** A rule of a security group, wherever the program writes it: as a resource of its own, or in its group. */
export interface SecurityRule {
  group: Registered;
  direction: "ingress" | "egress";
  ports: Ports;
  /** Security groups of the stack that it admits. */
  groups: Registered[];
  /** Gateway endpoints whose prefix list it admits. */
  endpoints: Registered[];
  /** What else it admits: address blocks, and prefix lists and security groups that are none of the stack's. */
  others: string[];
}

export interface Ports {
  protocol: string;
  /** For all protocols without meaning, as `to`. */
  from: number;
  to: number;
}

const all = "-1";

const securityGroup = "aws:ec2/securityGroup:SecurityGroup";
const groupTypes = [securityGroup, "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"];
const directions = ["ingress", "egress"] as const;

export function securityRulesOf(stack: Stack): SecurityRule[] {
  return [...ownResources(stack), ...withDirection(stack), ...inGroups(stack)];
}

const ruleTypes = {
  ingress: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  egress: "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
};

function ownResources(stack: Stack): SecurityRule[] {
  return directions.flatMap((direction) =>
    stack.ofType(ruleTypes[direction]).flatMap((rule) => {
      const { cidrIpv4, cidrIpv6, fromPort, ipProtocol, prefixListId, referencedSecurityGroupId, toPort } = rule.inputs;
      const [groups, endpoints] = [
        stack.referred(rule, "referencedSecurityGroupId"),
        stack.referred(rule, "prefixListId"),
      ];
      return stack.referred(rule, "securityGroupId").map((group) => ({
        group,
        direction,
        ports: portsOf(ipProtocol, fromPort, toPort),
        groups,
        endpoints,
        others: [
          ...texts([cidrIpv4, cidrIpv6]),
          ...(endpoints.length > 0 ? [] : texts([prefixListId])),
          ...(groups.length > 0 ? [] : texts([referencedSecurityGroupId])),
        ],
      }));
    }),
  );
}

/** Of the older type, which has the direction as an input. */
function withDirection(stack: Stack): SecurityRule[] {
  return stack.ofType("aws:ec2/securityGroupRule:SecurityGroupRule").flatMap((rule) => {
    const { inputs } = rule;
    const peers = {
      groups: stack.referred(rule, "sourceSecurityGroupId"),
      endpoints: stack.referred(rule, "prefixListIds"),
    };
    const block = { ...inputs, securityGroups: texts([inputs.sourceSecurityGroupId]) };
    return stack
      .referred(rule, "securityGroupId")
      .map((group) => inlineRule(group, inputs.type === "egress" ? "egress" : "ingress", block, peers));
  });
}

/** Of what a group's rules refer to it is not known which rule does: each that names any is taken to name all. */
function inGroups(stack: Stack): SecurityRule[] {
  const groups = groupTypes.flatMap((type) => stack.ofType(type));
  return groups.flatMap((group) =>
    directions.flatMap((direction) => {
      const referred = stack.referred(group, direction);
      const peers = {
        groups: referred.filter(({ type }) => groupTypes.includes(type)),
        endpoints: referred.filter(({ type }) => type === "aws:ec2/vpcEndpoint:VpcEndpoint"),
      };
      const rules = group.inputs[direction];
      return Array.isArray(rules)
        ? rules.map((rule: Record<string, unknown>) => inlineRule(group, direction, rule, peers))
        : [];
    }),
  );
}

function inlineRule(
  group: Registered,
  direction: SecurityRule["direction"],
  rule: Record<string, unknown>,
  peers: Pick<SecurityRule, "groups" | "endpoints">,
): SecurityRule {
  const [groups, lists] = [texts(rule.securityGroups), texts(rule.prefixListIds)];
  return {
    group,
    direction,
    ports: portsOf(rule.protocol, rule.fromPort, rule.toPort),
    groups: [...(groups.length > 0 ? peers.groups : []), ...(rule.self === true ? [group] : [])],
    endpoints: lists.length > 0 ? peers.endpoints : [],
    others: [
      ...texts(rule.cidrBlocks),
      ...texts(rule.ipv6CidrBlocks),
      ...groups.filter((id) => peers.groups.length === 0 || id.startsWith("sg-")),
      ...lists.filter((id) => peers.endpoints.length === 0 || id.startsWith("pl-")),
    ],
  };
}

function texts(values: unknown): string[] {
  if (!Array.isArray(values)) return [];
  return values.map(shown).filter((value) => typeof value === "string");
}

/** AWS's numbers of protocols, which it takes for their names. */
const protocols: Record<string, string> = { "1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6", all };

function portsOf(protocol: unknown, from: unknown, to: unknown): Ports {
  const name = String(protocol);
  return { protocol: protocols[name] ?? name, from: numberOr(0, from), to: numberOr(65535, to) };
}

/** What is not known yet may be any port. */
function numberOr(limit: number, port: unknown): number {
  return typeof port === "number" ? port : limit;
}

/** The ports that both allow, if there are any. */
export function commonPorts(one: Ports, other: Ports): Ports | undefined {
  if (one.protocol === all) return other;
  if (other.protocol === all) return one;
  const common = {
    protocol: one.protocol,
    from: Math.max(one.from, other.from),
    to: Math.min(one.to, other.to),
  };
  return one.protocol === other.protocol && common.from <= common.to ? common : undefined;
}

/** Such as `tcp 5432`. */
export function describePorts({ from, protocol, to }: Ports): string {
  if (protocol === all) return "all";
  return from === to ? `${protocol} ${from}` : `${protocol} ${from}-${to}`;
}
