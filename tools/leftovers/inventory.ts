import type { Environment } from "../../lib/environment";

/** Pulumi's type tokens of everything that is looked for. */
export const foundTypes = [
  "aws:apigateway/apiKey:ApiKey",
  "aws:apigateway/restApi:RestApi",
  "aws:apigateway/usagePlan:UsagePlan",
  "aws:appautoscaling/target:Target",
  "aws:cloudtrail/trail:Trail",
  "aws:cloudwatch/compositeAlarm:CompositeAlarm",
  "aws:cloudwatch/dashboard:Dashboard",
  "aws:cloudwatch/eventRule:EventRule",
  "aws:cloudwatch/logGroup:LogGroup",
  "aws:cloudwatch/metricAlarm:MetricAlarm",
  "aws:cloudwatch/queryDefinition:QueryDefinition",
  "aws:cognito/userPool:UserPool",
  "aws:ec2/eip:Eip",
  "aws:ec2/flowLog:FlowLog",
  "aws:ec2/internetGateway:InternetGateway",
  "aws:ec2/natGateway:NatGateway",
  "aws:ec2/networkAcl:NetworkAcl",
  "aws:ec2/networkInterface:NetworkInterface",
  "aws:ec2/routeTable:RouteTable",
  "aws:ec2/securityGroup:SecurityGroup",
  "aws:ec2/subnet:Subnet",
  "aws:ec2/vpc:Vpc",
  "aws:ec2/vpcEndpoint:VpcEndpoint",
  "aws:ecs/cluster:Cluster",
  "aws:ecs/service:Service",
  "aws:ecs/taskDefinition:TaskDefinition",
  "aws:elasticache/cluster:Cluster",
  "aws:elasticache/parameterGroup:ParameterGroup",
  "aws:elasticache/replicationGroup:ReplicationGroup",
  "aws:elasticache/snapshot:Snapshot",
  "aws:elasticache/subnetGroup:SubnetGroup",
  "aws:iam/policy:Policy",
  "aws:iam/role:Role",
  "aws:kms/alias:Alias",
  "aws:kms/key:Key",
  "aws:lambda/function:Function",
  "aws:rds/instance:Instance",
  "aws:rds/instanceAutomatedBackup:InstanceAutomatedBackup",
  "aws:rds/parameterGroup:ParameterGroup",
  "aws:rds/snapshot:Snapshot",
  "aws:rds/subnetGroup:SubnetGroup",
  "aws:s3/bucket:Bucket",
  "aws:secretsmanager/secret:Secret",
  "aws:sns/topic:Topic",
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  "aws:wafv2/webAcl:WebAcl",
] as const;

export type FoundType = (typeof foundTypes)[number];

/** Something that exists in the account. */
export interface Found {
  type: FoundType;
  /** As the provider identifies it in Pulumi's state; of a database its name, which it takes as well. */
  id: string;
  /** Physical names by which it may be known: its own, or that of what it belongs to. */
  names: (string | undefined)[];
  /** Its tags, or those of what it lies in; undefined where it takes none or AWS made it by itself, so that its names must tell. */
  tags: Record<string, string> | undefined;
  /** It has none itself: its tags are those of what it lies in, where others may have put it. */
  inheritsTags?: boolean;
  /** Somebody has protected it against deletion by hand, as the program does not. */
  isProtected?: boolean;
}

/** How the clients reach AWS: the account whose credentials the SDK finds, unless a local AWS is given. */
export interface ClientConfig {
  region: string;
  /** URL and credentials of a local AWS. */
  endpoint?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
  /** How often and how patiently a refused request is tried again; as the SDK does unless given. */
  maxAttempts?: number;
  retryMode?: "standard" | "adaptive";
  /** What the SDK says for whom it asks; CloudTrail notes it. */
  userAgentAppId?: string;
}

/** Lets CloudTrail, and the local AWS, tell what is looked for and removed from everything else. */
export function asSweep(config: ClientConfig): ClientConfig {
  return { ...config, userAgentAppId: "tap-sweep" };
}

/** Whose things are looked for, and in which account. */
export type Wanted = Pick<Environment, "accountId" | "environmentSuffix">;

/** Everything of one service that exists in the account, of the kinds that the program makes or that the service makes for it, and that may be the environment's. */
export type Inventory = (config: ClientConfig, wanted: Wanted) => Promise<Found[]>;

/** All items of all pages. */
export async function collect<Page, Item>(
  pages: AsyncIterable<Page>,
  items: (page: Page) => Item[] | undefined,
): Promise<Item[]> {
  const all: Item[] = [];
  for await (const page of pages) all.push(...(items(page) ?? []));
  return all;
}

/** All items of an operation that the SDK has no paginator for; each page tells the token of the next. */
export async function collectByToken<Item>(
  read: (token: string | undefined) => Promise<{ items: Item[] | undefined; next: string | undefined }>,
): Promise<Item[]> {
  const all: Item[] = [];
  let token: string | undefined;
  do {
    const { items, next } = await read(token);
    all.push(...(items ?? []));
    token = next;
  } while (token);
  return all;
}

/** How many things one service is asked about at the same time. */
const askedAtOnce = 5;

/**
 * What AWS answers about each of the items, in their order. Asked about hundreds at once, a service throttles so many that the SDK's tries run out before
 * it has slowed down.
 */
export async function askEach<Item, Answer>(items: Item[], ask: (item: Item) => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let next = 0; next < items.length; next += askedAtOnce) {
    answers.push(...(await Promise.all(items.slice(next, next + askedAtOnce).map(ask))));
  }
  return answers;
}

/** AWS's usual list of tags as a record. */
export function tagRecord(tags: { Key?: string; Value?: string }[] = []): Record<string, string> {
  return Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));
}
