import { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { ElastiCacheClient } from "@aws-sdk/client-elasticache";
import { KMSClient } from "@aws-sdk/client-kms";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { RDSClient } from "@aws-sdk/client-rds";
import { S3Client } from "@aws-sdk/client-s3";
import fc from "fast-check";
import { environmentTags, functionTypes, resourceName, serviceLogGroups, validateSuffix } from "../../lib/naming";
import { clientConfig } from "../../tools/aws-environment";
import { belongsTo, describeLeftovers, list } from "../../tools/leftovers";
import type { Found, FoundType } from "../../tools/leftovers/inventory";
import { cloudTrail } from "../../tools/leftovers/cloudtrail";
import { cognito } from "../../tools/leftovers/cognito";
import { elasticache } from "../../tools/leftovers/elasticache";
import { kms } from "../../tools/leftovers/kms";
import { lambda } from "../../tools/leftovers/lambda";
import { logs } from "../../tools/leftovers/logs";
import { rds } from "../../tools/leftovers/rds";
import { s3 } from "../../tools/leftovers/s3";
import { answerAs, awsError } from "./aws-answers";

const vpc = "aws:ec2/vpc:Vpc";
const dashboard = "aws:cloudwatch/dashboard:Dashboard";
const logGroup = "aws:cloudwatch/logGroup:LogGroup";
const query = "aws:cloudwatch/queryDefinition:QueryDefinition";
const secret = "aws:secretsmanager/secret:Secret";
const snapshot = "aws:rds/snapshot:Snapshot";
const replicationGroup = "aws:elasticache/replicationGroup:ReplicationGroup";

/** Nothing here asks AWS. */
const config = clientConfig("http://localhost:1");
const wanted = { accountId: "123456789012", environmentSuffix: "dev" };

afterEach(() => jest.restoreAllMocks());

const named = (type: FoundType, ...names: string[]): Found => ({ type, id: "id", names, tags: undefined });
const tagged = (tags: Record<string, string>, ...names: string[]): Found => ({ ...named(vpc, ...names), tags });

describe("what belongs to an environment", () => {
  it("is what has its tags, whatever its name", () => {
    expect(belongsTo(tagged(environmentTags("dev", { CostCentre: "7" })), "dev")).toBe(true);
    expect(belongsTo(tagged(environmentTags("dev", {}), "vpc-other"), "dev")).toBe(true);
    expect(belongsTo(tagged(environmentTags("dev-2", {})), "dev")).toBe(false);
    // The secret of "dev" is what the cache of "auth-dev" would be called.
    expect(belongsTo(tagged(environmentTags("dev", {}), "redis-auth-dev"), "auth-dev")).toBe(false);
  });

  it.each<Record<string, string>>([
    {},
    { Environment: "dev" },
    { Environment: "dev", ManagedBy: "pulumi" },
    { Environment: "dev", ManagedBy: "pulumi", Project: "website" },
    { Environment: "dev", ManagedBy: "terraform", Project: "tap" },
  ])("is not what somebody else tagged %j, whatever its name", (tags) => {
    expect(belongsTo(tagged(tags, "vpc-dev"), "dev")).toBe(false);
  });

  it.each<[FoundType, string]>([
    [logGroup, "/aws/lambda/records-service-dev"],
    [logGroup, "/aws/rds/instance/rds-postgres-dev/postgresql"],
    [logGroup, "/aws/rds/instance/rds-postgres-dev/upgrade"],
    [logGroup, "/aws/ecs/containerinsights/ecs-dev/performance"],
    [dashboard, "records-dev"],
    [query, "audit-queries-dev/refused accesses"],
    [secret, "rds-postgres-dev"],
    [snapshot, "rds-postgres-dev"],
    [replicationGroup, "redis-dev"],
  ])("is, without tags, the %s of the name %s", (type, name) => {
    expect(belongsTo(named(type, "something", name), "dev")).toBe(true);
  });

  it.each<[FoundType, string]>([
    [logGroup, "/aws/lambda/records-service-dev-2"],
    [logGroup, "/aws/lambda/records-service-de"],
    [logGroup, "/aws/lambda/my/records-service-dev"],
    [logGroup, "/aws/lambda/dev"],
    [logGroup, "API-Gateway-Execution-Logs_a1b2c3/dev"],
    [logGroup, "audit-dev"],
    [dashboard, "records-service-dev"],
    [dashboard, "dev"],
    [query, "audit-queries-dev"],
    [query, "audit-queries-dev-2/refused accesses"],
    [snapshot, "rds-postgres-dev-2"],
    [replicationGroup, "redis-auth-dev"],
    [vpc, "vpc-dev"],
    [dashboard, ""],
  ])("is not, without tags, the %s of the name %j", (type, name) => {
    expect(belongsTo(named(type, name), "dev")).toBe(false);
  });

  it("is not what the account's environments share", () => {
    expect(belongsTo(tagged(environmentTags("dev", {}), "api-gateway-cloudwatch-logs"), "dev")).toBe(false);
    expect(belongsTo(named(logGroup, "RDSOSMetrics"), "dev")).toBe(false);
  });

  it("is never another environment's, however alike their suffixes are", () => {
    const suffix = fc
      .array(fc.constantFrom("a", "dev", "auth", "service", "2", "-"), { minLength: 1, maxLength: 5 })
      .map((parts) => parts.join(""))
      .filter((text) => validateSuffix(text) === undefined);
    const everythingOf = (of: string): Found[] => [
      tagged(environmentTags(of, {}), resourceName("vpc", of)),
      named(dashboard, resourceName("records", of)),
      named(query, `${resourceName("audit-queries", of)}/all`),
      named(snapshot, resourceName("rds-postgres", of)),
      named(replicationGroup, resourceName("redis", of)),
      named(logGroup, serviceLogGroups.containerInsights(resourceName("ecs", of))),
      ...functionTypes.map((type) => named(logGroup, serviceLogGroups.lambda(resourceName(type, of)))),
    ];
    fc.assert(
      fc.property(suffix, suffix, (one, other) => {
        expect(everythingOf(one).filter((found) => belongsTo(found, other))).toEqual(
          one === other ? everythingOf(one) : [],
        );
      }),
    );
  });
});

describe("the log group of an API's requests", () => {
  it("is its API's where it has no tags, whatever the stage is called", async () => {
    answerAs(APIGatewayClient, {
      GetRestApis: () => ({
        items: [
          { id: "ours", tags: environmentTags("dev", {}) },
          { id: "theirs", tags: { Environment: "dev" } },
          { id: "untagged" },
        ],
      }),
    });
    const logGroups = ["ours", "theirs", "untagged", "gone", "tagged"].map((api) => {
      const logGroupName = serviceLogGroups.apiExecution(api, "dev");
      return { logGroupName, arn: `${logGroupName}:*` };
    });
    answerAs(CloudWatchLogsClient, {
      DescribeLogGroups: () => ({ logGroups }),
      DescribeQueryDefinitions: () => ({}),
      ListTagsForResource: ({ resourceArn }) => ({
        tags: resourceArn === serviceLogGroups.apiExecution("tagged", "dev") ? environmentTags("dev", {}) : {},
      }),
    });
    const found = (await logs(config, wanted)).filter((group) => belongsTo(group, "dev"));
    expect(found.map(({ id }) => id)).toEqual([
      "API-Gateway-Execution-Logs_ours/dev",
      "API-Gateway-Execution-Logs_tagged/dev",
    ]);
  });
});

describe("snapshots of a cache", () => {
  const ours = Object.entries(environmentTags("dev", {})).map(([Key, Value]) => ({ Key, Value }));
  const theirs = [{ Key: "Environment", Value: "theirs" }];

  /** Snapshots that are the environment's, while these replication groups are there. */
  const found = async (...groups: string[]) => {
    const tags: Record<string, object[]> = { "redis-dev": ours, "of others": theirs };
    answerAs(ElastiCacheClient, {
      DescribeReplicationGroups: () => ({
        ReplicationGroups: groups.map((name) => ({ ReplicationGroupId: name, ARN: name })),
      }),
      DescribeCacheClusters: () => ({}),
      DescribeCacheSubnetGroups: () => ({}),
      DescribeCacheParameterGroups: () => ({}),
      DescribeSnapshots: () => ({
        Snapshots: [
          { SnapshotName: "of the group", ARN: "1", ReplicationGroupId: "redis-dev" },
          { SnapshotName: "of a node", ARN: "2", CacheClusterId: "redis-dev-002" },
          { SnapshotName: "of others", ARN: "of others", ReplicationGroupId: "redis-dev" },
          { SnapshotName: "redis-dev", ARN: "3", ReplicationGroupId: "redis-dev-2" },
          { SnapshotName: "of another node", ARN: "4", CacheClusterId: "redis-dev-2-001" },
          { SnapshotName: "of a cluster", ARN: "5", CacheClusterId: "redis-dev" },
        ],
      }),
      ListTagsForResource: ({ ResourceName }) => ({ TagList: tags[String(ResourceName)] ?? [] }),
    });
    return (await elasticache(config, wanted))
      .filter((thing) => thing.type.includes("snapshot") && belongsTo(thing, "dev"))
      .map(({ id }) => id);
  };

  it("are its group's as long as that is there", async () => {
    expect(await found("redis-dev")).toEqual(["of the group", "of a node", "of others"]);
  });

  it("are told by the name of their group once it is gone, where they have no tags", async () => {
    expect(await found()).toEqual(["of the group", "of a node"]);
  });
});

describe("what somebody has protected against deletion", () => {
  it.each([
    [true, true],
    [false, false],
    [undefined, false],
  ])("is a database of which RDS says %j", async (DeletionProtection, isProtected) => {
    answerAs(RDSClient, {
      DescribeDBInstances: () => ({ DBInstances: [{ DBInstanceIdentifier: "rds-postgres-dev", DeletionProtection }] }),
      DescribeDBSnapshots: () => ({}),
      DescribeDBInstanceAutomatedBackups: () => ({}),
      DescribeDBSubnetGroups: () => ({}),
      DescribeDBParameterGroups: () => ({}),
    });
    expect(await rds(config, wanted)).toMatchObject([{ id: "rds-postgres-dev", isProtected }]);
  });

  it.each([
    ["ACTIVE", true],
    ["INACTIVE", false],
  ])("is a user pool of which Cognito says %s", async (DeletionProtection, isProtected) => {
    answerAs(CognitoIdentityProviderClient, {
      ListUserPools: () => ({ UserPools: [{ Id: "eu-west-1_a", Name: "users-dev" }] }),
      DescribeUserPool: () => ({ UserPool: { DeletionProtection } }),
    });
    expect(await cognito(config, wanted)).toMatchObject([{ id: "eu-west-1_a", isProtected }]);
  });
});

describe("what the look passes over", () => {
  const Tags = Object.entries(environmentTags("dev", {})).map(([Key, Value]) => ({ Key, Value }));

  it("is the organization's trail, whose tags CloudTrail tells to its own account only", async () => {
    const arn = (accountId: string) => `arn:aws:cloudtrail:eu-west-1:${accountId}:trail/trail-dev`;
    answerAs(CloudTrailClient, {
      ListTrails: () => ({
        Trails: [wanted.accountId, "999999999999"].map((accountId) => ({
          TrailARN: arn(accountId),
          HomeRegion: "eu-west-1",
        })),
      }),
      ListTags: ({ ResourceIdList }) =>
        String(ResourceIdList) === arn(wanted.accountId)
          ? { ResourceTagList: [{ TagsList: Tags }] }
          : awsError("CloudTrailARNInvalidException", "AccountID in ARN is wrong"),
    });
    expect(await cloudTrail(config, wanted)).toMatchObject([
      { id: arn(wanted.accountId), tags: environmentTags("dev", {}) },
    ]);
  });

  const trail = "audit-trail-dev-123456789012";
  const listBuckets = () => ({ Buckets: [{ Name: "audit-trail-logs-123456789012" }, { Name: trail }] });

  it("is a bucket of another name, which may refuse to tell its tags", async () => {
    answerAs(S3Client, {
      ListBuckets: listBuckets,
      GetBucketTagging: ({ Bucket }) => (Bucket === trail ? { TagSet: Tags } : awsError("AccessDenied")),
    });
    expect(await s3(config, wanted)).toMatchObject([{ id: trail, tags: environmentTags("dev", {}) }]);
  });

  it("is a bucket that was deleted, which S3 lists for a while", async () => {
    answerAs(S3Client, { ListBuckets: listBuckets, GetBucketTagging: () => awsError("NoSuchBucket") });
    expect(await s3(config, wanted)).toEqual([]);
  });

  const refusals = {
    "does not let the caller in":
      "User: arn:aws:iam::123456789012:role/deploy is not authorized to perform: kms:ListResourceTags on resource: arn:aws:kms:eu-west-1:123456789012:key/theirs because no resource-based policy allows the kms:ListResourceTags action",
    "denies the caller":
      "User: arn:aws:iam::123456789012:role/deploy is not authorized to perform: kms:ListResourceTags on resource: arn:aws:kms:eu-west-1:123456789012:key/theirs with an explicit deny in a resource-based policy",
  };
  /** Two keys, of which one does not answer to this command. */
  const answerKeys = (refused: string, refusal: Error) => {
    const unless = (command: string, answer: object) => (input: Record<string, unknown>) =>
      command === refused && input.KeyId === "theirs" ? refusal : answer;
    answerAs(KMSClient, {
      ListAliases: () => ({ Aliases: [] }),
      ListKeys: () => ({ Keys: [{ KeyId: "theirs" }, { KeyId: "ours" }] }),
      DescribeKey: unless("DescribeKey", { KeyMetadata: { KeyManager: "CUSTOMER" } }),
      ListResourceTags: unless("ListResourceTags", { Tags: [] }),
    });
  };

  it.each(
    Object.entries(refusals).flatMap(([what, message]) =>
      ["DescribeKey", "ListResourceTags"].map((command) => [what, command, message]),
    ),
  )("is a key whose policy %s, for %s", async (_, command, message) => {
    answerKeys(command, awsError("AccessDeniedException", message));
    expect((await kms(config, wanted)).map(({ id }) => id)).toEqual(["ours"]);
  });

  it("is not a key that the caller's own policy says nothing of", async () => {
    const refusal = awsError("AccessDeniedException", "because no identity-based policy allows the action");
    answerKeys("ListResourceTags", refusal);
    await expect(kms(config, wanted)).rejects.toBe(refusal);
  });
});

describe("what goes away between its listing and the question for its tags", () => {
  /** How often something is listed whose question is answered by these errors first, and what comes of it. */
  const listing = async (errors: Error[]) => {
    const inventory = jest.fn(() => {
      const error = errors.shift();
      return error ? Promise.reject(error) : Promise.resolve([named(dashboard, "records-dev")]);
    });
    const begin = Date.now();
    const found = list(inventory).then(
      (things) => ({ found: things, seconds: (Date.now() - begin) / 1000 }),
      (error: unknown) => ({ found: error, seconds: (Date.now() - begin) / 1000 }),
    );
    await jest.runAllTimersAsync();
    return { ...(await found), lists: inventory.mock.calls.length };
  };

  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  const gone = (times: number) => Array.from({ length: times }, () => awsError("NoSuchEntityException"));

  it("is listed again three seconds later, as often as others go away", async () => {
    expect(await listing(gone(9))).toEqual({ found: [named(dashboard, "records-dev")], lists: 10, seconds: 27 });
  });

  it("is no answer when it is listed every time", async () => {
    expect(await listing(gone(11))).toEqual({ found: awsError("NoSuchEntityException"), lists: 10, seconds: 27 });
  });

  it("is nothing else that AWS refuses", async () => {
    expect(await listing([awsError("AccessDenied")])).toEqual({
      found: awsError("AccessDenied"),
      lists: 1,
      seconds: 0,
    });
  });
});

it("asks about five of an account's hundreds of things at a time", async () => {
  const names = Array.from({ length: 203 }, (_, index) => `function-${index}`);
  let asking = 0;
  let most = 0;
  answerAs(LambdaClient, {
    ListFunctions: () => ({ Functions: names.map((name) => ({ FunctionName: name, FunctionArn: name })) }),
    ListTags: async ({ Resource }) => {
      asking += 1;
      most = Math.max(most, asking);
      await new Promise((answer) => setImmediate(answer));
      asking -= 1;
      return { Tags: { Name: Resource } };
    },
  });
  const found = await lambda(config, wanted);
  expect(found.map(({ id, tags }) => [id, tags])).toEqual(names.map((name) => [name, { Name: name }]));
  expect(most).toBe(5);
});

it("lists leftovers by service, type and identifier, with a name where that does not tell", () => {
  expect(
    describeLeftovers([
      { ...named("aws:rds/instance:Instance", "rds-postgres-dev"), id: "rds-postgres-dev" },
      { ...named("aws:kms/key:Key", "kms-logs-dev"), id: "1234" },
    ]),
  ).toBe(
    [
      "  kms             Key                        1234  kms-logs-dev",
      "  rds             Instance                   rds-postgres-dev",
    ].join("\n"),
  );
});
