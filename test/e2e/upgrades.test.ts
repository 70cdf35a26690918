import { join } from "node:path";
import {
  DescribeCacheClustersCommand,
  DescribeReplicationGroupsCommand,
  ElastiCacheClient,
} from "@aws-sdk/client-elasticache";
import { DescribeDBInstancesCommand, RDSClient } from "@aws-sdk/client-rds";
import type { Configuration, Operation } from "../../tools/engine";
import { changedProgram } from "./changed-program";
import { Cloud, type Environment } from "./cloud";
import { begin, flawless, minutes, step, stepFailed } from "./steps";

const original: Configuration = { "tap:databaseEngineVersion": "17.5" };

const isolated: Configuration = {
  "tap:natStrategy": "none",
  "tap:interfaceEndpoints": ["secretsmanager", "elasticache", "kms", "logs", "xray", "ecr.api", "ecr.dkr"],
  "tap:analyticsImage": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/analytics:1",
};

/** Every kind of upgrade at once. */
const upgraded: Configuration = {
  ...isolated,
  "tap:databaseInstanceClass": "db.t4g.small",
  "tap:databaseAllocatedStorage": 40,
  "tap:databaseEngineVersion": "17.6",
  "tap:redisNodeType": "cache.t4g.small",
  "tap:redisNodeCount": 3,
  "tap:availabilityZoneCount": 3,
  "tap:tags": { Team: "records" },
};

/** Another operation of the API, as it would stand in the contract. */
const route = `
  "/v1/news": {
    get: operation("getSession", "records/read", {
      summary: "Tell the news",
      responses: { "200": answer("The news.", "Health"), ...failures(400, 401, 403, 429, 503) },
    }),
  },
`;

let cloud: Cloud;
let environment: Environment;
/** Folder of the program with that operation. */
let withRoute: string;
let firstUp: Promise<Operation>;

beforeAll(async () => {
  cloud = await Cloud.start();
  environment = cloud.environment("upgrades");
  const change = { file: "service/contract.ts", after: "const paths = {", text: route };
  withRoute = changedProgram(join(cloud.folder.root, "with-route"), change);
  firstUp = begin(environment.up(original));
}, minutes(5));

afterAll(async () => {
  await cloud.stopAfterTest({ failed: stepFailed() });
}, minutes(1));

step("wrong values of every type are refused together, before any resource", async () => {
  const wrong = cloud.environment("wrong");
  const { problems, steps, succeeded } = await wrong.preview({
    "tap:region": "us-east-1; rm",
    "tap:tags": ["Team"],
    "tap:vpcCidr": 10,
    "tap:availabilityZoneCount": "two",
    "tap:natStrategy": true,
    "tap:interfaceEndpoints": "kms",
    "tap:databaseAllocatedStorage": 19.5,
    "tap:databaseMultiAz": "yes",
    "tap:redisNodeType": "c\u0430che.t4g.micro\u202e",
    "tap:redisNodeCount": null,
    "tap:signInCallbackUrls": [{ url: "https://records.example" }],
    "tap:analyticsMemory": 640,
  });
  expect(succeeded).toBe(false);
  expect(steps.map(({ type }) => type)).toEqual(["pulumi:pulumi:Stack"]);
  expect(problems.map(({ message }) => message.split("\n"))).toEqual([
    [
      "The configuration has 12 mistakes; nothing was created.",
      '  - region: "us-east-1; rm" allowed is an AWS region such as eu-west-1',
      '  - tags: "[\\"Team\\"]" allowed is at most 40 tags: names of 1 to 128 and values of up to 256 letters, digits, spaces and + - = . _ : / @; names that differ in more than case, none of them Environment, Project, ManagedBy, DataClassification, Name or beginning with aws:',
      '  - availabilityZoneCount: "two" allowed is a whole number from 2 to 3',
      '  - natStrategy: "true" allowed is one of none, single, perAz',
      '  - interfaceEndpoints: "kms" allowed is a list of secretsmanager, elasticache, kms, logs, xray, ecr.api, ecr.dkr, each once',
      '  - databaseAllocatedStorage: "19.5" allowed is a whole number from 20 to 65536 (GiB)',
      '  - databaseMultiAz: "yes" allowed is true or false',
      '  - redisNodeType: "c\\u0430che.t4g.micro\\u202e" allowed is a node type of the t3, t4g, m5, m6g, m7g, r5, r6g or r7g family, such as cache.t4g.micro',
      '  - redisNodeCount: "" allowed is a whole number from 2 to 6',
      '  - signInCallbackUrls: "[{\\"url\\":\\"https://records.example\\"}]" allowed is a list of 1 to 100 addresses, each once, of up to 1024 characters: https://, or http:// of localhost, as browsers write it, without user or fragment',
      '  - vpcCidr: "10" must be an IPv4 block such as 10.0.0.0/16',
      '  - analyticsMemory: "640" must be one of 512, 1024, 2048 when analyticsCpu is 256',
    ],
  ]);
  await wrong.engine.remove();
});

step("an environment comes up", async () => {
  expect(await firstUp).toMatchObject(flawless);
});

describe("a preview changes in place:", () => {
  const replacesTasks = {
    "create-replacement aws:ecs/taskDefinition:TaskDefinition containerDefinitions": 1,
    "replace aws:ecs/taskDefinition:TaskDefinition containerDefinitions": 1,
    "delete-replaced aws:ecs/taskDefinition:TaskDefinition": 1,
    "update aws:ecs/service:Service taskDefinition": 1,
  };
  const changes: [string, Configuration, Record<string, number>][] = [
    [
      "a bigger instance class",
      { "tap:databaseInstanceClass": "db.t4g.small" },
      {
        "update aws:rds/instance:Instance instanceClass": 1,
        "update aws:rds/parameterGroup:ParameterGroup parameters": 1,
      },
    ],
    [
      "more storage",
      { "tap:databaseAllocatedStorage": 40 },
      { "update aws:rds/instance:Instance allocatedStorage": 1 },
    ],
    [
      "a minor version of PostgreSQL",
      { "tap:databaseEngineVersion": "17.6" },
      { "update aws:rds/instance:Instance engineVersion": 1 },
    ],
    [
      // The new parameters stand beside the old ones until the instance has moved.
      "a major version of PostgreSQL",
      { "tap:databaseEngineVersion": "18" },
      {
        "create-replacement aws:rds/parameterGroup:ParameterGroup family,name": 1,
        "replace aws:rds/parameterGroup:ParameterGroup family,name": 1,
        "update aws:rds/instance:Instance engineVersion,parameterGroupName": 1,
        "delete-replaced aws:rds/parameterGroup:ParameterGroup": 1,
      },
    ],
    [
      "a bigger node type",
      { "tap:redisNodeType": "cache.t4g.small" },
      { "update aws:elasticache/replicationGroup:ReplicationGroup nodeType": 1 },
    ],
    [
      "a replica more",
      { "tap:redisNodeCount": 3 },
      { "update aws:elasticache/replicationGroup:ReplicationGroup memberClusters,numCacheClusters": 1 },
    ],
    [
      "a zone more",
      { "tap:availabilityZoneCount": 3 },
      {
        "create aws:ec2/route:Route": 1,
        "create aws:ec2/routeTable:RouteTable": 1,
        "create aws:ec2/routeTableAssociation:RouteTableAssociation": 3,
        "create aws:ec2/subnet:Subnet": 3,
        "update aws:ec2/vpcEndpoint:VpcEndpoint routeTableIds": 1,
        "update aws:ecs/service:Service networkConfiguration": 1,
        "update aws:elasticache/subnetGroup:SubnetGroup subnetIds": 1,
        "update aws:iam/policy:Policy policy": 5,
        "update aws:lambda/function:Function vpcConfig": 5,
        "update aws:rds/subnetGroup:SubnetGroup subnetIds": 1,
      },
    ],
    [
      "a NAT gateway for each zone",
      { "tap:natStrategy": "perAz" },
      {
        "create aws:ec2/eip:Eip": 1,
        "create aws:ec2/natGateway:NatGateway": 1,
        "update aws:ec2/route:Route natGatewayId": 1,
      },
    ],
    [
      "no NAT gateway",
      isolated,
      {
        ...replacesTasks,
        "create aws:ec2/securityGroup:SecurityGroup": 1,
        "create aws:ec2/vpcEndpoint:VpcEndpoint": 7,
        "create aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": 6,
        "create aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": 6,
        "delete aws:ec2/eip:Eip": 1,
        "delete aws:ec2/internetGateway:InternetGateway": 1,
        "delete aws:ec2/natGateway:NatGateway": 1,
        "delete aws:ec2/route:Route": 3,
        "delete aws:ec2/routeTable:RouteTable": 1,
        "delete aws:ec2/routeTableAssociation:RouteTableAssociation": 2,
        "delete aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": 6,
        "update aws:iam/policy:Policy policy": 1,
        "update aws:lambda/function:Function environment": 1,
      },
    ],
  ];
  for (const [name, change, expected] of changes) {
    step(name, async () => {
      const preview = await environment.preview({ ...original, ...change });
      expect(preview).toMatchObject(flawless);
      expect(summary(preview)).toEqual(expected);
    });
  }

  step("a new tag", async () => {
    const preview = await environment.preview({ ...original, "tap:tags": { Team: "records" } });
    expect(preview).toMatchObject(flawless);
    expect(new Set(preview.steps.map(({ op, diffs }) => `${op} ${diffs.join()}`))).toEqual(
      new Set(["update defaultTags", "update tagsAll"]),
    );
    expect(preview.steps.map(({ type }) => type)).toEqual(
      expect.arrayContaining(["aws:rds/instance:Instance", "aws:kms/key:Key", "aws:apigateway/restApi:RestApi"]),
    );
  });

  step("a new operation of the API", async () => {
    const preview = await environment.preview(original, withRoute);
    expect(preview).toMatchObject(flawless);
    expect(summary(preview)).toEqual({
      "create-replacement aws:apigateway/deployment:Deployment triggers": 1,
      "replace aws:apigateway/deployment:Deployment triggers": 1,
      "delete-replaced aws:apigateway/deployment:Deployment": 1,
      "update aws:apigateway/restApi:RestApi body": 1,
      "update aws:apigateway/stage:Stage deployment": 1,
      "update aws:lambda/function:Function code,lastModified": 1,
    });
  });
});

step("all of it at once leaves the data stores, the keys and the API's address as they are", async () => {
  const before = await identities();
  const operation = await environment.up(upgraded, withRoute);
  expect(operation).toMatchObject(flawless);
  const replaced = operation.steps.filter(({ op }) => op === "replace").map(({ type }) => type);
  expect(replaced.sort()).toEqual(["aws:apigateway/deployment:Deployment", "aws:ecs/taskDefinition:TaskDefinition"]);
  expect(await identities()).toEqual(before);
  expect(await sizes()).toEqual({
    database: { class: "db.t4g.small", storage: 40, version: "17.6" },
    cache: { nodeType: "cache.t4g.small", nodes: 3, version: "7.1" },
  });
});

step("what the environment cannot become is refused, before anything is touched", async () => {
  const { problems, steps, succeeded } = await environment.preview({
    ...upgraded,
    "tap:region": "eu-central-1",
    "tap:analyticsImage": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/analytics:1",
    "tap:vpcCidr": "10.1.0.0/16",
    "tap:availabilityZoneCount": 2,
    "tap:databaseEngineVersion": "16",
    "tap:databaseAllocatedStorage": 20,
    "tap:databaseMaxAllocatedStorage": 39,
  });
  expect({ steps, succeeded }).toEqual({ steps: [], succeeded: false });
  const wayOut = "make a new environment, in a stack of its own, or destroy this one first";
  expect(problems.map(({ message }) => message.split("\n"))).toEqual([
    [
      "The configuration has 5 mistakes; nothing was created.",
      `  - region: "eu-central-1" must stay eu-west-1, where the data is: ${wayOut}`,
      `  - vpcCidr: "10.1.0.0/16" must stay 10.0.0.0/16, as data stores cannot move to another VPC: ${wayOut}`,
      `  - availabilityZoneCount: "2" must not go below 3, as AWS takes no subnet from data stores: ${wayOut}`,
      '  - databaseEngineVersion: "16" must not go below 17.6, which the database has: AWS does not take a version back',
      '  - databaseMaxAllocatedStorage: "39" must not go below 40, which the database has grown to: AWS does not take storage back',
    ],
  ]);
});

const olderCache: Configuration = { ...upgraded, "tap:redisEngineVersion": "7.0" };

step("an older version of Redis, for which AWS makes a new cache, is stopped before the old one goes", async () => {
  const before = [await identities(), await sizes()];
  for (const operation of [
    await environment.preview(olderCache, withRoute),
    await environment.up(olderCache, withRoute),
  ]) {
    expect(operation.succeeded).toBe(false);
    expect(operation.problems.filter(({ resource }) => resource === "redis").map(({ message }) => message)).toEqual([
      expect.stringContaining(
        'before hook "keep-redis-upgrades" failed: cache: "redis-upgrades" would be replaced, and all sessions and cached reads be lost; allowed only when allowDataLoss names cache',
      ),
    ]);
    expect(operation.steps.filter(({ op }) => op.startsWith("delete"))).toEqual([]);
  }
  expect([await identities(), await sizes()]).toEqual(before);
});

step("it goes through when allowDataLoss names the cache, and replaces nothing else that holds data", async () => {
  const { cache, ...others } = await identities();
  const operation = await environment.up({ ...olderCache, "tap:allowDataLoss": ["cache"] }, withRoute);
  expect(operation).toMatchObject(flawless);
  const after = await identities();
  expect(after).toEqual({ cache: after.cache, ...others });
  expect(after.cache.created).not.toEqual(cache.created);
  expect((await sizes()).cache.version).toBe("7.0");
});

/**
 * How often each operation is done to each type of resource, and for which properties. What watches is left out: alarms and the dashboard
 * follow what they watch.
 */
function summary({ steps }: Operation): Record<string, number> {
  const lines = steps
    .filter(({ type }) => !/^aws:cloudwatch\/(metricAlarm|compositeAlarm|dashboard):/.test(type))
    .map(({ op, type, diffs }) => [op, type, diffs.join()].join(" ").trim());
  return Object.fromEntries(lines.map((line) => [line, lines.filter((other) => other === line).length]));
}

async function dataStores() {
  const [rds, elastiCache] = [new RDSClient(cloud.config), new ElastiCacheClient(cloud.config)];
  const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand({}));
  const { ReplicationGroups = [] } = await elastiCache.send(new DescribeReplicationGroupsCommand({}));
  expect([DBInstances.length, ReplicationGroups.length]).toEqual([1, 1]);
  return { database: DBInstances[0], cache: ReplicationGroups[0] };
}

/** What must stay when an environment is upgraded. */
async function identities() {
  const { database, cache } = await dataStores();
  const { apiUrl, apiId, kmsKeyArns, userPoolId, auditLogGroupName } = environment.outputs();
  return {
    database: { resourceId: database?.DbiResourceId, created: database?.InstanceCreateTime },
    cache: { arn: cache?.ARN, created: cache?.ReplicationGroupCreateTime },
    outputs: { apiUrl, apiId, kmsKeyArns, userPoolId, auditLogGroupName },
  };
}

async function sizes() {
  const { database, cache } = await dataStores();
  const { CacheClusters = [] } = await new ElastiCacheClient(cloud.config).send(new DescribeCacheClustersCommand({}));
  return {
    database: {
      class: database?.DBInstanceClass,
      storage: database?.AllocatedStorage,
      version: database?.EngineVersion,
    },
    cache: {
      nodeType: cache?.CacheNodeType,
      nodes: cache?.MemberClusters?.length,
      version: CacheClusters[0]?.EngineVersion?.split(".").slice(0, 2).join("."),
    },
  };
}
