import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { DataLossGuard } from "../../lib/data-loss";
import type { AlarmsArgs } from "../../lib/alarms";
import type { Environment } from "../../lib/environment";
import type { Statement } from "../../lib/iam";
import type { LogGroupsArgs } from "../../lib/log-groups";
import type { AwsAccess } from "../../lib/security-groups";
import type { FunctionNetwork } from "../../lib/vpc-function";
import { all, only, type Recorded } from "./recorder";

export const environment: Environment = {
  environmentSuffix: "pr-7",
  region: "eu-west-1",
  accountId: "123456789012",
  partition: "aws",
};

export const logs: LogGroupsArgs = { logsKeyArn: "arn:logs-key", retentionInDays: 30 };

/** For an environment that does not exist yet. */
export const dataLoss = new DataLossGuard(new Set(), []);

/** What alarms watch, of an environment with two NAT gateways. */
export const watched: Omit<AlarmsArgs, "environmentSuffix" | "region" | "auditTrail"> = {
  functionTimeouts: {
    "records-service": 10,
    "records-operations": 900,
    "schema-migration": 900,
    "database-rotation": 900,
    "redis-rotation": 900,
  },
  serviceConcurrency: 20,
  apiRateLimit: 50,
  wafRateLimit: 2000,
  database: { instanceClass: "db.t4g.micro", allocatedStorage: 20 },
  redisNodeCount: 2,
  natGatewayIds: ["nat-1", "nat-2"],
  analyticsMinimumTasks: 0,
};

/** Where PostgreSQL is; who signs in with which secret differs. */
export const postgres = { host: "database.example", port: 5432, name: "records", securityGroupId: "sg-postgres" };

/** Where Redis is, and the secret with its token. */
export const redis = { host: "redis.example", port: 6379, securityGroupId: "sg-redis", secretArn: "arn:redis-auth" };

/** Two private subnets with a NAT gateway and without interface endpoints, unless said otherwise. */
export function network(access: Partial<AwsAccess> = {}, pathsToAws: pulumi.Resource[] = []): FunctionNetwork {
  return {
    vpcId: "vpc-1",
    privateSubnetIds: ["subnet-1", "subnet-2"],
    defaultSecurityGroupId: "sg-default",
    awsAccess: { nat: true, s3PrefixListId: pulumi.output("pl-1"), endpointSecurityGroupId: undefined, ...access },
    pathsToAws,
  };
}

/** Something else that must exist before what is tested; the recorder calls it `RandomPassword <name>`. */
export const prerequisite = (name: string): pulumi.Resource => new random.RandomPassword(name, { length: 16 });

/** The statements of a policy document. */
export function statements(document: unknown): Statement[] {
  return (JSON.parse(document as string) as { Statement: Statement[] }).Statement;
}

/** What the role of that logical name is allowed, and who may assume it. */
export function roleOf(recorded: Recorded[], name: string): { trust: Statement[]; allowed: Statement[] } {
  const role = only(recorded, "aws:iam/role:Role", name);
  const policy = only(recorded, "aws:iam/policy:Policy", name);
  expect(only(recorded, "aws:iam/rolePolicyAttachment:RolePolicyAttachment", name).inputs).toEqual({
    role: role.inputs.name,
    policyArn: `arn:Policy-${name}`,
  });
  return { trust: statements(role.inputs.assumeRolePolicy), allowed: statements(policy.inputs.policy) };
}

/** The security group rules as `from > to : port`, sorted; what is not a security group is named by what the rule says. */
export function rules(recorded: Recorded[]): { egress: string[]; ingress: string[] } {
  const ports = ({ inputs }: Recorded) => {
    expect(inputs.ipProtocol).toBe("tcp");
    expect(inputs.fromPort).toBe(inputs.toPort);
    return String(inputs.toPort);
  };
  const peer = ({ inputs }: Recorded) => {
    const peers = ["referencedSecurityGroupId", "cidrIpv4", "cidrIpv6", "prefixListId"].filter((key) => inputs[key]);
    expect(peers).toHaveLength(1);
    return String(inputs[peers[0] ?? ""]);
  };
  const owner = ({ inputs }: Recorded) => String(inputs.securityGroupId);
  const arrow = (from: string, to: string, port: string) => `${from} > ${to} : ${port}`;
  return {
    egress: all(recorded, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
      .map((rule) => arrow(owner(rule), peer(rule), ports(rule)))
      .sort(),
    ingress: all(recorded, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
      .map((rule) => arrow(peer(rule), owner(rule), ports(rule)))
      .sort(),
  };
}
