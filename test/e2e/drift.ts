import { CloudWatchClient, DeleteAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, DeleteLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  ModifySecurityGroupRulesCommand,
  RevokeSecurityGroupEgressCommand,
} from "@aws-sdk/client-ec2";
import { DisableRuleCommand, EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { DescribeKeyCommand, DisableKeyRotationCommand, KMSClient } from "@aws-sdk/client-kms";
import { CancelRotateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { ClientConfig } from "../../tools/leftovers/inventory";

/** What a refresh says of the changes that it can see. */
export const visibleDrift = [
  { op: "delete", type: "aws:cloudwatch/logGroup:LogGroup", name: "access" },
  { op: "delete", type: "aws:cloudwatch/metricAlarm:MetricAlarm", name: "database-cpu" },
  { op: "update", type: "aws:cloudwatch/eventRule:EventRule", name: "audit-delivery" },
  { op: "update", type: "aws:kms/key:Key", name: "database" },
  { op: "update", type: "aws:secretsmanager/secretRotation:SecretRotation", name: "redis-auth" },
  {
    op: "update",
    type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    name: "redis-from-records-service",
  },
];

/** What an `up` does about them. */
export const repairs = [
  "create aws:cloudwatch/logGroup:LogGroup access",
  "create aws:cloudwatch/metricAlarm:MetricAlarm database-cpu",
  "create-replacement aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule redis-from-records-service",
  "delete-replaced aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule redis-from-records-service",
  "replace aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule redis-from-records-service",
  "update aws:cloudwatch/eventRule:EventRule audit-delivery",
  "update aws:kms/key:Key database",
  "update aws:secretsmanager/secretRotation:SecretRotation redis-auth",
];

/**
 * Deletes a log group and an alarm, switches the rotation of a key and of a secret and the audit's delivery off, and opens Redis to everybody in place of the
 * service, as somebody may by hand.
 */
export async function changeByHand(config: ClientConfig, suffix: string): Promise<void> {
  const kms = new KMSClient(config);
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: `alias/kms-database-${suffix}` }));
  await kms.send(new DisableKeyRotationCommand({ KeyId: KeyMetadata?.KeyId }));
  await new SecretsManagerClient(config).send(new CancelRotateSecretCommand({ SecretId: `redis-auth-${suffix}` }));
  await new EventBridgeClient(config).send(new DisableRuleCommand({ Name: `audit-delivery-${suffix}` }));
  await new CloudWatchClient(config).send(new DeleteAlarmsCommand({ AlarmNames: [`database-cpu-${suffix}`] }));
  await new CloudWatchLogsClient(config).send(new DeleteLogGroupCommand({ logGroupName: `api-access-${suffix}` }));

  const ec2 = new EC2Client(config);
  const GroupId = await groupId(ec2, `redis-${suffix}`);
  const rule = (await rules(ec2, GroupId)).find(({ Description }) => Description === "From records-service");
  const { IpProtocol, FromPort, ToPort, Description, SecurityGroupRuleId } = rule ?? {};
  const SecurityGroupRule = { IpProtocol, FromPort, ToPort, Description, CidrIpv4: "0.0.0.0/0" };
  await ec2.send(
    new ModifySecurityGroupRulesCommand({
      GroupId,
      SecurityGroupRules: [{ SecurityGroupRuleId, SecurityGroupRule }],
    }),
  );
}

/** Opens Redis to everybody by another rule, and takes the service's way to AWS's APIs away; a refresh does not see the one and fails at the other. */
export async function changeSecurityGroups(config: ClientConfig, suffix: string): Promise<void> {
  const client = new EC2Client(config);
  const IpPermissions = [{ IpProtocol: "tcp", FromPort: 6379, ToPort: 6379, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];
  await client.send(
    new AuthorizeSecurityGroupIngressCommand({ GroupId: await groupId(client, `redis-${suffix}`), IpPermissions }),
  );
  const service = await groupId(client, `records-service-${suffix}`);
  const SecurityGroupRuleIds = (await rules(client, service))
    .filter(({ CidrIpv4 }) => CidrIpv4 === "0.0.0.0/0")
    .map(({ SecurityGroupRuleId = "" }) => SecurityGroupRuleId);
  await client.send(new RevokeSecurityGroupEgressCommand({ GroupId: service, SecurityGroupRuleIds }));
}

/** Whom two security groups let in and out: `<` and `>` with the port and the peer. */
export async function admitted(config: ClientConfig, suffix: string): Promise<string[]> {
  const client = new EC2Client(config);
  const groups = await Promise.all(["redis", "records-service"].map((name) => groupId(client, `${name}-${suffix}`)));
  const all = await Promise.all(groups.map((group) => rules(client, group)));
  return all
    .flat()
    .map(
      ({ CidrIpv4, FromPort, GroupId, IsEgress, ReferencedGroupInfo }) =>
        `${GroupId} ${IsEgress ? ">" : "<"} ${FromPort} ${CidrIpv4 ?? ReferencedGroupInfo?.GroupId}`,
    )
    .sort();
}

async function groupId(client: EC2Client, name: string): Promise<string> {
  const filter = { Name: "group-name", Values: [name] };
  const { SecurityGroups = [] } = await client.send(new DescribeSecurityGroupsCommand({ Filters: [filter] }));
  return SecurityGroups[0]?.GroupId ?? "";
}

async function rules(client: EC2Client, id: string) {
  const filter = { Name: "group-id", Values: [id] };
  const { SecurityGroupRules = [] } = await client.send(new DescribeSecurityGroupRulesCommand({ Filters: [filter] }));
  return SecurityGroupRules;
}

/** In one order, whatever the engine's. */
export function sorted<Item>(items: Item[]): Item[] {
  return items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
