import { paginateGetUsagePlans, GetRestApiCommand, GetStageCommand } from "@aws-sdk/client-api-gateway";
import {
  DescribeScalableTargetsCommand,
  ListTagsForResourceCommand as ListScalingTagsCommand,
} from "@aws-sdk/client-application-auto-scaling";
import { ListTagsCommand as ListTrailTagsCommand } from "@aws-sdk/client-cloudtrail";
import { ListTagsForResourceCommand as ListAlarmTagsCommand } from "@aws-sdk/client-cloudwatch";
import {
  ListTagsForResourceCommand as ListLogTagsCommand,
  paginateDescribeLogGroups,
} from "@aws-sdk/client-cloudwatch-logs";
import { DescribeUserPoolCommand } from "@aws-sdk/client-cognito-identity-provider";
import {
  DescribeAddressesCommand,
  DescribeFlowLogsCommand,
  DescribeInternetGatewaysCommand,
  DescribeVpcsCommand,
  paginateDescribeRouteTables,
  paginateDescribeSecurityGroupRules,
  paginateDescribeSubnets,
} from "@aws-sdk/client-ec2";
import { DescribeClustersCommand, DescribeServicesCommand, DescribeTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { ListTagsForResourceCommand as ListCacheTagsCommand } from "@aws-sdk/client-elasticache";
import { ListTagsForResourceCommand as ListRuleTagsCommand } from "@aws-sdk/client-eventbridge";
import { GetRoleCommand, ListAttachedRolePoliciesCommand, ListPolicyTagsCommand } from "@aws-sdk/client-iam";
import { ListResourceTagsCommand } from "@aws-sdk/client-kms";
import { ListTagsCommand } from "@aws-sdk/client-lambda";
import { ListTagsForResourceCommand as ListDatabaseTagsCommand } from "@aws-sdk/client-rds";
import { DescribeSecretCommand } from "@aws-sdk/client-secrets-manager";
import { ListTagsForResourceCommand as ListTopicTagsCommand } from "@aws-sdk/client-sns";
import { GetWebACLForResourceCommand, ListTagsForResourceCommand as ListWafTagsCommand } from "@aws-sdk/client-wafv2";
import { functionTypes, type ResourceType } from "../../lib/naming";
import {
  findAlarms,
  findDatabase,
  findEndpoints,
  findNatGateways,
  findSecurityGroups,
  findTrails,
  ofVpc,
  roles,
} from "./lookups";
import {
  arnOf,
  aws,
  collect,
  environmentSuffix,
  hasTrail,
  nameOf,
  only,
  outputs,
  partition,
  present,
  region,
} from "./stack";

type Tags = Record<string, string | undefined>;

/** AWS's usual list of tags as a record. */
const record = (tags: { Key?: string; Value?: string }[] | undefined): Tags =>
  Object.fromEntries((tags ?? []).map(({ Key = "", Value }) => [Key, Value]));

const environmentTags = { Environment: environmentSuffix, Project: "tap", ManagedBy: "pulumi" };
const phi = { DataClassification: "phi" };

describe("of the network", () => {
  const all = { client: aws.ec2 };

  const tagged: Record<string, () => Promise<{ Tags?: { Key?: string; Value?: string }[] }[]>> = {
    VPC: async () => (await aws.ec2.send(new DescribeVpcsCommand({ VpcIds: [outputs.vpcId] }))).Vpcs ?? [],
    subnets: () => collect(paginateDescribeSubnets(all, { Filters: [ofVpc] }), (page) => page.Subnets),
    // The main route table comes with the VPC.
    "route tables": () =>
      collect(paginateDescribeRouteTables(all, { Filters: [ofVpc] }), (page) =>
        page.RouteTables?.filter(({ Associations }) => !Associations?.some(({ Main }) => Main)),
      ),
    endpoints: findEndpoints,
    "security groups": findSecurityGroups,
    "security group rules": async () => {
      const ofGroups = { Name: "group-id", Values: (await findSecurityGroups()).map(({ GroupId = "" }) => GroupId) };
      return collect(
        paginateDescribeSecurityGroupRules(all, { Filters: [ofGroups] }),
        (page) => page.SecurityGroupRules,
      );
    },
    "flow log": async () => {
      const Filter = [{ Name: "resource-id", Values: [outputs.vpcId] }];
      return (await aws.ec2.send(new DescribeFlowLogsCommand({ Filter }))).FlowLogs ?? [];
    },
  };

  test.each(Object.entries(tagged))("%s: each has the environment's", async (_, find) => {
    const found = (await find()).map(({ Tags }) => record(Tags));
    expect(found.length).toBeGreaterThanOrEqual(1);
    expect(found).toMatchObject(found.map(() => environmentTags));
  });

  test("way out: NAT gateways, their addresses and the internet gateway have the environment's", async () => {
    const gateways = await findNatGateways();
    const addressIds = new Set(
      gateways.flatMap(({ NatGatewayAddresses = [] }) => NatGatewayAddresses).map(({ AllocationId }) => AllocationId),
    );
    const { Addresses = [] } = await aws.ec2.send(new DescribeAddressesCommand({}));
    const { InternetGateways = [] } = await aws.ec2.send(
      new DescribeInternetGatewaysCommand({ Filters: [{ Name: "attachment.vpc-id", Values: [outputs.vpcId] }] }),
    );
    const addresses = Addresses.filter(({ AllocationId }) => addressIds.has(AllocationId));
    const found = [...gateways, ...addresses, ...InternetGateways].map(({ Tags }) => record(Tags));
    expect(found).toHaveLength(gateways.length === 0 ? 0 : 2 * gateways.length + 1);
    expect(found).toMatchObject(found.map(() => environmentTags));
  });
});

const role = async (type: ResourceType) =>
  record((await aws.iam.send(new GetRoleCommand({ RoleName: nameOf(type) }))).Role?.Tags);

const policy = async (type: ResourceType) => {
  const { AttachedPolicies } = await aws.iam.send(new ListAttachedRolePoliciesCommand({ RoleName: nameOf(type) }));
  const { PolicyArn } = only(AttachedPolicies, "policy of the role");
  return record((await aws.iam.send(new ListPolicyTagsCommand({ PolicyArn }))).Tags);
};

const key = async (KeyId: string) => {
  const { Tags } = await aws.kms.send(new ListResourceTagsCommand({ KeyId }));
  return Object.fromEntries((Tags ?? []).map(({ TagKey = "", TagValue }) => [TagKey, TagValue]));
};

const cacheThing = async (kind: string, type: ResourceType) => {
  const ResourceName = arnOf("elasticache", `${kind}:${nameOf(type)}`);
  return record((await aws.elastiCache.send(new ListCacheTagsCommand({ ResourceName }))).TagList);
};

const databaseThing = async (ResourceName: string | undefined) =>
  record((await aws.rds.send(new ListDatabaseTagsCommand({ ResourceName }))).TagList);

const lambda = async (type: ResourceType) =>
  (await aws.lambda.send(new ListTagsCommand({ Resource: arnOf("lambda", `function:${nameOf(type)}`) }))).Tags ?? {};

const rule = async (type: ResourceType) => {
  const ResourceARN = arnOf("events", `rule/${nameOf(type)}`);
  return record((await aws.eventBridge.send(new ListRuleTagsCommand({ ResourceARN }))).Tags);
};

const secret = async (SecretId: string) =>
  record((await aws.secretsManager.send(new DescribeSecretCommand({ SecretId }))).Tags);

const ecsTags = (tags: { key?: string; value?: string }[] | undefined): Tags =>
  Object.fromEntries((tags ?? []).map(({ key = "", value }) => [key, value]));

const trail = async () => only(await findTrails(), "trail");

/** Everything else that can be tagged, but for log groups and alarms. */
const tagged: Record<string, () => Promise<Tags>> = {
  ...Object.fromEntries(
    roles.flatMap((type) => [
      [`role ${type}`, () => role(type)],
      [`policy ${type}`, () => policy(type)],
    ]),
  ),
  "logs' key": () => key(outputs.kmsKeyArns.logs),
  "alerts' key": () => key(outputs.kmsKeyArns.alerts),
  ...(hasTrail
    ? {
        trail: async () => {
          const ResourceIdList = [present((await trail()).TrailARN, "ARN of the trail")];
          const { ResourceTagList } = await aws.cloudTrail.send(new ListTrailTagsCommand({ ResourceIdList }));
          return record(only(ResourceTagList, "list of tags").TagsList);
        },
        "trail's key": async () => key(present((await trail()).KmsKeyId, "key of the trail")),
      }
    : {}),
  "topic of the alarms": async () => {
    const topic = { ResourceArn: outputs.alarmTopicArn };
    return record((await aws.sns.send(new ListTopicTagsCommand(topic))).Tags);
  },
  "database's subnet group": async () =>
    databaseThing(
      (await findDatabase()).DBSubnetGroup?.DBSubnetGroupArn ?? arnOf("rds", `subgrp:${nameOf("rds-subnets")}`),
    ),
  "database's parameter group": async () => {
    const { DBParameterGroupName } = only((await findDatabase()).DBParameterGroups, "parameter group");
    return databaseThing(arnOf("rds", `pg:${DBParameterGroupName ?? ""}`));
  },
  "Redis's subnet group": () => cacheThing("subnetgroup", "redis-subnets"),
  "Redis's parameter group": () => cacheThing("parametergroup", "redis-parameters"),
  ...Object.fromEntries(functionTypes.map((type) => [`function ${type}`, () => lambda(type)])),
  ...Object.fromEntries(
    (["audit-delivery", "audit-verification", "analytics-events"] as const).map((type) => [
      `rule ${type}`,
      () => rule(type),
    ]),
  ),
  API: async () => (await aws.apiGateway.send(new GetRestApiCommand({ restApiId: outputs.apiId }))).tags ?? {},
  stage: async () => {
    const stage = { restApiId: outputs.apiId, stageName: environmentSuffix };
    return (await aws.apiGateway.send(new GetStageCommand(stage))).tags ?? {};
  },
  "usage plan": async () => {
    const plans = await collect(paginateGetUsagePlans({ client: aws.apiGateway }, {}), (page) => page.items);
    return (
      only(
        plans.filter(({ name }) => name === nameOf("records-api")),
        "usage plan",
      ).tags ?? {}
    );
  },
  "web ACL": async () => {
    const ResourceArn = `arn:${partition}:apigateway:${region}::/restapis/${outputs.apiId}/stages/${environmentSuffix}`;
    const { WebACL } = await aws.waf.send(new GetWebACLForResourceCommand({ ResourceArn }));
    const answer = await aws.waf.send(new ListWafTagsCommand({ ResourceARN: present(WebACL?.ARN, "web ACL") }));
    return record(answer.TagInfoForResource?.TagList);
  },
  "user pool": async () => {
    const { UserPool } = await aws.cognito.send(new DescribeUserPoolCommand({ UserPoolId: outputs.userPoolId }));
    return UserPool?.UserPoolTags ?? {};
  },
  "ECS cluster": async () => {
    const { clusters } = await aws.ecs.send(
      new DescribeClustersCommand({ clusters: [outputs.ecsClusterName], include: ["TAGS"] }),
    );
    return ecsTags(only(clusters, "cluster").tags);
  },
  "ECS service": async () => {
    const { services } = await aws.ecs.send(
      new DescribeServicesCommand({
        cluster: outputs.ecsClusterName,
        services: [nameOf("analytics")],
        include: ["TAGS"],
      }),
    );
    return ecsTags(only(services, "service").tags);
  },
  "scalable target": async () => {
    const { ScalableTargets } = await aws.autoScaling.send(
      new DescribeScalableTargetsCommand({
        ServiceNamespace: "ecs",
        ResourceIds: [`service/${outputs.ecsClusterName}/${nameOf("analytics")}`],
      }),
    );
    const ResourceARN = only(ScalableTargets, "scalable target").ScalableTargetARN;
    return (await aws.autoScaling.send(new ListScalingTagsCommand({ ResourceARN }))).Tags ?? {};
  },
};

test.each(Object.entries(tagged))("of the %s are the environment's", async (_, find) => {
  expect(await find()).toMatchObject(environmentTags);
});

test("of the alarms and pages are the environment's", async () => {
  const { onMetrics, pages } = await findAlarms();
  const alarms = [...onMetrics, ...pages];
  const hasNat = (await findNatGateways()).length > 0;
  expect(alarms).toHaveLength(47 + (hasTrail ? 1 : 0) + (hasNat ? 1 : 0));
  const found: Tags[] = [];
  // One at a time: CloudWatch answers ten a second.
  for (const { AlarmArn } of alarms)
    found.push(record((await aws.cloudWatch.send(new ListAlarmTagsCommand({ ResourceARN: AlarmArn }))).Tags));
  expect(found).toMatchObject(alarms.map(() => environmentTags));
});

test("of the log groups are the environment's", async () => {
  const groups = await collect(paginateDescribeLogGroups({ client: aws.logs }, {}), (page) => page.logGroups);
  const ours = groups.filter(({ kmsKeyId }) => kmsKeyId === outputs.kmsKeyArns.logs);
  expect(ours).toHaveLength(hasTrail ? 17 : 16);
  const found = await Promise.all(
    ours.map(async ({ logGroupArn, arn }) => {
      const resourceArn = present(logGroupArn ?? arn?.replace(/:\*$/, ""), "ARN of the log group");
      return (await aws.logs.send(new ListLogTagsCommand({ resourceArn }))).tags;
    }),
  );
  expect(found).toMatchObject(ours.map(() => environmentTags));
});

/** Everything that holds patients' data, or opens it (45 CFR 164.310(d)). */
const dataStores: Record<string, () => Promise<Tags>> = {
  "database's key": () => key(outputs.kmsKeyArns.database),
  "cache's key": () => key(outputs.kmsKeyArns.cache),
  "secrets' key": () => key(outputs.kmsKeyArns.secrets),
  "token of Redis": () => secret(outputs.redisAuthSecretArn),
  "service's login to the database": () => secret(nameOf("records-database")),
  database: async () => databaseThing((await findDatabase()).DBInstanceArn),
  "replication group": () => cacheThing("replicationgroup", "redis"),
  "analytics tasks": async () => {
    const { tags } = await aws.ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: outputs.ecsTaskDefinitionArn, include: ["TAGS"] }),
    );
    return ecsTags(tags);
  },
};

test.each(Object.entries(dataStores))(
  "of the %s are the environment's, and tell of patients' data",
  async (_, find) => {
    expect(await find()).toMatchObject({ ...environmentTags, ...phi });
  },
);
