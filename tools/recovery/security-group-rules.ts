import {
  EC2Client,
  paginateDescribeSecurityGroupRules,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroupRule,
} from "@aws-sdk/client-ec2";
import { type ClientConfig, collect } from "../leftovers/inventory";
import type { ResourceState } from "../stack-commands";

/** Whether a type is that of a rule. */
export function isRule(type: string): boolean {
  return /^aws:vpc\/securityGroup(Egress|Ingress)Rule:/.test(type);
}

/** The rules that AWS has in these security groups. */
export async function rulesOf(groupIds: string[], config: ClientConfig): Promise<SecurityGroupRule[]> {
  if (groupIds.length === 0) return [];
  const filter = { Name: "group-id", Values: groupIds };
  const pages = paginateDescribeSecurityGroupRules({ client: new EC2Client(config) }, { Filters: [filter] });
  return collect(pages, (page) => page.SecurityGroupRules);
}

/** Identifiers of the security groups in a state, without those that are to be deleted. */
export function groupsIn(resources: ResourceState[]): string[] {
  return resources.flatMap(({ id, type }) => (type === "aws:ec2/securityGroup:SecurityGroup" && id ? [id] : []));
}

/**
 * The resources without the rules that do not exist any more, and without what depended on them. A refresh would find that out by itself,
 * but the provider fails where such a rule is gone ("Missing Resource Identity After Read").
 */
export function withoutLostRules(resources: ResourceState[], existing: SecurityGroupRule[]): ResourceState[] {
  const ids = new Set(existing.map(({ SecurityGroupRuleId }) => SecurityGroupRuleId));
  const lost = new Set(resources.filter(({ id, type }) => isRule(type) && !ids.has(id)).map(({ urn }) => urn));
  if (lost.size === 0) return resources;
  return resources
    .filter(({ urn }) => !lost.has(urn))
    .map((resource) => ({
      ...resource,
      dependencies: resource.dependencies?.filter((urn) => !lost.has(urn)),
    }));
}

/** The rules that somebody else has added. */
export function foreignRules(resources: ResourceState[], existing: SecurityGroupRule[]): SecurityGroupRule[] {
  const own = new Set(resources.filter(({ type }) => isRule(type)).map(({ id }) => id));
  return existing.filter(({ SecurityGroupRuleId }) => !own.has(SecurityGroupRuleId));
}

/** Takes rules out of their groups. */
export async function revoke(rules: SecurityGroupRule[], config: ClientConfig): Promise<void> {
  const client = new EC2Client(config);
  for (const { GroupId, IsEgress, SecurityGroupRuleId = "" } of rules) {
    const rule = { GroupId, SecurityGroupRuleIds: [SecurityGroupRuleId] };
    await (IsEgress
      ? client.send(new RevokeSecurityGroupEgressCommand(rule))
      : client.send(new RevokeSecurityGroupIngressCommand(rule)));
  }
}

/** Direction, protocol, ports and peer of a rule, for people. */
export function describeRule(rule: SecurityGroupRule): string {
  const { FromPort, GroupId = "", IpProtocol = "", IsEgress, SecurityGroupRuleId = "", ToPort } = rule;
  const peer = rule.CidrIpv4 ?? rule.CidrIpv6 ?? rule.PrefixListId ?? rule.ReferencedGroupInfo?.GroupId ?? "";
  const ports = FromPort === ToPort ? `${FromPort ?? ""}` : `${FromPort ?? ""}-${ToPort ?? ""}`;
  return `  ${SecurityGroupRuleId}  ${IsEgress ? "out of" : "into"} ${GroupId}: ${IpProtocol} ${ports} ${IsEgress ? "to" : "from"} ${peer}`;
}
