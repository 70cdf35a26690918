import { losses, type StoreName } from "./data-loss";
import { maximumConnections } from "./database-capacity";
import { impossibleChanges, type Reason } from "./impossible-changes";
import { Mistakes } from "./mistakes";
import { ownTagNames, validateSuffix } from "./naming";
import { type LivingEnvironment } from "./previous-deployment";
import { flag, integer, integerOf, list, map, oneOf, text, type Setting } from "./settings";
import { overlap, validateVpcCidr, vpcPrefixes } from "./subnets";

/** Days that CloudWatch Logs can keep a log group's events (API reference, PutRetentionPolicy). */
const logRetentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** MiB that Fargate accepts beside each number of CPU units (ECS developer guide, "Task CPU and memory"). */
const fargateMemory: Record<number, number[]> = {
  256: [512, 1024, 2048],
  512: steps(1024, 4096, 1024),
  1024: steps(2048, 8192, 1024),
  2048: steps(4096, 16384, 1024),
  4096: steps(8192, 30720, 1024),
  8192: steps(16384, 61440, 4096),
  16384: steps(32768, 122880, 8192),
};

/**
 * The AWS APIs that the platform's own functions and tasks call, and for what: the interface endpoints that
 * can be asked for, and all that they let through.
 */
export const interfaceEndpointActions = {
  secretsmanager: [
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetRandomPassword",
    "secretsmanager:GetSecretValue",
    "secretsmanager:PutSecretValue",
    "secretsmanager:UpdateSecretVersionStage",
  ],
  elasticache: ["elasticache:DescribeReplicationGroups", "elasticache:ModifyReplicationGroup"],
  kms: ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
  logs: ["logs:CreateLogStream", "logs:FilterLogEvents", "logs:PutLogEvents"],
  xray: ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
  "ecr.api": [
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetAuthorizationToken",
    "ecr:GetDownloadUrlForLayer",
  ],
  "ecr.dkr": [
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetAuthorizationToken",
    "ecr:GetDownloadUrlForLayer",
  ],
} as const;

export type InterfaceEndpoint = keyof typeof interfaceEndpointActions;

const interfaceEndpoints = Object.keys(interfaceEndpointActions) as InterfaceEndpoint[];

/** Without NAT these are the only ways to the APIs that the functions and tasks cannot do without. */
const endpointsRequiredWithoutNat: InterfaceEndpoint[] = [
  "secretsmanager",
  "elasticache",
  "logs",
  "xray",
  "ecr.api",
  "ecr.dkr",
];

/** PostgreSQL connections that one container of the records service opens at most. */
export const connectionsPerContainer = 2;

/** Share of the database's connections that the records service may take; the rest is for tasks, migrations and operators. */
const serviceConnectionShare = 0.7;

const storeNames = Object.keys(losses) as StoreName[];

const publicImage = "public.ecr.aws/nginx/nginx-unprivileged:stable-alpine";

/** Every key of the stack configuration; Pulumi.yaml declares the same. */
export const settings = {
  environmentSuffix: text({
    description: "Ends every physical name. Empty: the ENVIRONMENT_SUFFIX variable, else the stack's name.",
    default: "",
    allowed: "1 to 20 lower-case letters, digits and single hyphens, beginning with a letter",
    accepts: /^/,
  }),
  region: text({
    description: "AWS region of everything.",
    default: "eu-west-1",
    allowed: "an AWS region such as eu-west-1",
    accepts: /^[a-z]{2}(-[a-z]{2,12}){1,2}-\d$/,
  }),
  allowRegionOutsideEu: flag({
    description: "Whether the region may lie outside the EU. Patients' data then leaves it.",
    default: false,
  }),
  tags: map({
    description: `Tags for every resource, beside ${ownTagNames.join(", ")}.`,
    default: {},
    allowed: `at most 40 tags: names of 1 to 128 and values of up to 256 letters, digits, spaces and + - = . _ : / @; names that differ in more than case, none of them ${ownTagNames.join(", ")} or beginning with aws:`,
    maximum: 40,
    accepts: (key, value) =>
      /^(?!aws:)[\p{L}\p{N} +\-=._:/@]{1,128}$/iu.test(key) &&
      /^[\p{L}\p{N} +\-=._:/@]{0,256}$/u.test(value) &&
      !ownTagNames.some((own) => own.toLowerCase() === key.toLowerCase()),
  }),
  allowDataLoss: list({
    description: `Data stores that may be replaced, and lose what they hold: ${storeNames.map((store) => `${store} (${losses[store]})`).join(", ")}. For a single deployment: take it out again.`,
    default: [],
    allowed: `a list of ${storeNames.join(", ")}, each once`,
    accepts: (item): item is StoreName => Object.hasOwn(losses, item),
  }),
  permissionsBoundary: text({
    description: "ARN of an IAM policy that limits every role, as its permissions boundary. Empty: no limit.",
    default: "",
    allowed: "the ARN of an IAM policy such as arn:aws:iam::123456789012:policy/tap-boundary-dev",
    accepts: /^$|^arn:aws(-[a-z]+)*:iam::(\d{12}|aws):policy\/(?!.*\.\.)[\w+=,.@/-]{1,512}$/,
  }),
  vpcCidr: text({
    description: "IPv4 block of the VPC.",
    default: "10.0.0.0/16",
    allowed: `an IPv4 block such as 10.0.0.0/16, from /${vpcPrefixes.largest} to /${vpcPrefixes.smallest}`,
    accepts: /^/,
  }),
  reservedCidrs: list({
    description: "IPv4 blocks that the VPC must not overlap, such as networks it is to be peered with.",
    default: [],
    allowed: "a list of at most 100 IPv4 blocks such as 10.1.0.0/16, each once",
    maximum: 100,
    accepts: (item): item is string =>
      /^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(?!\/)|(?=\/))){4}\/([0-9]|[12]\d|3[0-2])$/.test(item),
  }),
  availabilityZoneCount: integer({
    description: "Availability zones to spread over.",
    default: 2,
    minimum: 2,
    maximum: 3,
  }),
  natStrategy: oneOf({
    description: "NAT gateways: none, one for all zones, or one per zone.",
    default: "single",
    values: ["none", "single", "perAz"],
  }),
  interfaceEndpoints: list({
    description: "AWS APIs to reach by interface endpoints inside the VPC; some are required when natStrategy is none.",
    default: [],
    allowed: `a list of ${interfaceEndpoints.join(", ")}, each once`,
    accepts: (item): item is InterfaceEndpoint => Object.hasOwn(interfaceEndpointActions, item),
  }),
  logRetentionDays: integerOf({
    description: "Days to keep operational logs: functions, API, network flows, database, cache, firewall.",
    default: 90,
    values: logRetentionDays,
  }),
  auditRetentionDays: integerOf({
    description: "Days to keep the audit log. 45 CFR 164.316(b)(2) asks for six years.",
    default: 2192,
    values: logRetentionDays,
  }),
  alarmEmails: list({
    description: "E-mail addresses that alarms page. Each must confirm the subscription that AWS sends it.",
    default: [],
    allowed: "a list of at most 20 e-mail addresses such as on-call@example.org, each once",
    maximum: 20,
    accepts: (item): item is string => item.length <= 254 && /^[\w.+-]{1,64}@([a-z0-9-]+\.)+[a-z]{2,}$/i.test(item),
  }),
  auditTrail: flag({
    description:
      "Whether CloudTrail keeps who called AWS's APIs, and the environment's functions. An account may have five trails a region.",
    default: false,
  }),
  databaseInstanceClass: text({
    description: "Instance class of the PostgreSQL database.",
    default: "db.t4g.small",
    allowed:
      "an instance class of the t3, t4g, m5, m6g, m6i, m7g, m7i, m8g, r5, r6g, r6i, r7g, r7i or r8g family, such as db.t4g.small",
    accepts:
      /^db\.(t(3|4g)\.(micro|small|medium|large|2?xlarge)|[mr](5|6g|6i|7g|7i|8g)\.(large|(2|4|8|12|16|24)?xlarge))$/,
  }),
  databaseEngineVersion: text({
    description: "PostgreSQL version: a major one, whose minor version AWS keeps current, or a minor one.",
    default: "17",
    allowed: "a major version from 15 to 18, such as 17, or a minor one, such as 17.4",
    accepts: /^1[5-8](\.[1-9]\d?)?$/,
  }),
  databaseAllocatedStorage: integer({
    description: "Storage of the database at first. More makes it grow; less changes nothing, as AWS takes none back.",
    default: 20,
    minimum: 20,
    maximum: 65536,
    unit: "GiB",
  }),
  databaseMaxAllocatedStorage: integer({
    description: "Limit of the database's storage autoscaling; at least 10 % above databaseAllocatedStorage.",
    default: 100,
    minimum: 22,
    maximum: 65536,
    unit: "GiB",
  }),
  databaseMultiAz: flag({
    description: "Whether the database has a standby in a second zone.",
    default: true,
  }),
  databaseBackupRetentionDays: integer({
    description: "Days of automated backups.",
    default: 30,
    minimum: 30,
    maximum: 35,
  }),
  databasePasswordRotationDays: integer({
    description: "Days between rotations of the password that the records service logs in to the database with.",
    default: 30,
    minimum: 1,
    maximum: 90,
  }),
  redisNodeType: text({
    description: "Node type of the Redis replication group.",
    default: "cache.t4g.micro",
    allowed: "a node type of the t3, t4g, m5, m6g, m7g, r5, r6g or r7g family, such as cache.t4g.micro",
    accepts: /^cache\.(t(3|4g)\.(micro|small|medium)|[mr](5|6g|7g)\.(large|(2|4|8|12|16|24)?xlarge))$/,
  }),
  redisEngineVersion: text({
    description: "Redis version.",
    default: "7.1",
    allowed: "a version of Redis 7 in the form 7.1",
    accepts: /^7\.[01]$/,
  }),
  redisNodeCount: integer({
    description: "Nodes of the Redis replication group: a primary and its replicas.",
    default: 2,
    minimum: 2,
    maximum: 6,
  }),
  redisTokenRotationDays: integer({
    description: "Days between rotations of the Redis AUTH token.",
    default: 30,
    minimum: 1,
    maximum: 90,
  }),
  apiRateLimit: integer({
    description: "Requests a second that the API accepts, in the long run.",
    default: 50,
    minimum: 1,
    maximum: 10000,
  }),
  apiBurstLimit: integer({
    description: "Requests that the API accepts at once.",
    default: 100,
    minimum: 1,
    maximum: 5000,
  }),
  wafRateLimit: integer({
    description: "Requests in five minutes after which the firewall blocks a client address.",
    default: 2000,
    minimum: 100,
    maximum: 2000000,
  }),
  threatProtection: oneOf({
    description: "Cognito's threat protection; audit and enforced need the Plus plan, which is charged per user.",
    default: "enforced",
    values: ["off", "audit", "enforced"],
  }),
  signInCallbackUrls: list({
    description: "Where Cognito may send users after they signed in.",
    default: ["http://localhost:3000/callback"],
    allowed:
      "a list of 1 to 100 addresses, each once, of up to 1024 characters: https://, or http:// of localhost, as browsers write it, without user or fragment",
    minimum: 1,
    maximum: 100,
    accepts: (item): item is string => isCallbackUrl(item),
  }),
  serviceMemory: integer({
    description: "Memory of the records service's function.",
    default: 512,
    minimum: 128,
    maximum: 10240,
    unit: "MiB",
  }),
  serviceConcurrency: integer({
    description: `Requests that the records service handles at once. Each takes up to ${connectionsPerContainer} of the database's connections.`,
    default: 20,
    minimum: 1,
    maximum: 900,
  }),
  sessionIdleMinutes: integer({
    description: "Minutes without a request after which a session ends (45 CFR 164.312(a)(2)(iii)).",
    default: 15,
    minimum: 1,
    maximum: 60,
  }),
  sessionAbsoluteHours: integer({
    description: "Hours after which a session ends, however busy it is.",
    default: 12,
    minimum: 1,
    maximum: 24,
  }),
  sessionRequestsPerMinute: integer({
    description: "Requests that one session may make in a minute, so that nobody can copy the records one by one.",
    default: 300,
    minimum: 10,
    maximum: 6000,
  }),
  cacheSeconds: integer({
    description: "Seconds for which Redis answers reads that PostgreSQL has answered before; 0 for never.",
    default: 300,
    minimum: 0,
    maximum: 3600,
  }),
  analyticsImage: text({
    description: "Image of the analytics task. It listens on port 8080, runs as user 101 and writes to /tmp only.",
    default: publicImage,
    allowed:
      "an image with a tag or digest, of up to 255 characters, such as public.ecr.aws/nginx/nginx-unprivileged:stable-alpine",
    accepts:
      /^(?=.{1,255}$)[a-z0-9][a-z0-9.-]*(:\d+)?(\/[a-z0-9][a-z0-9._-]*)+(:[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64})$/,
  }),
  analyticsCpu: integerOf({
    description: "CPU units of an analytics task; 1024 are one vCPU.",
    default: 256,
    values: Object.keys(fargateMemory).map(Number),
  }),
  analyticsMemory: integer({
    description: "Memory of an analytics task; Fargate accepts certain values beside each CPU value.",
    default: 512,
    minimum: 512,
    maximum: 122880,
    unit: "MiB",
  }),
  analyticsMinimumTasks: integer({
    description: "Analytics tasks that run at least; 0 for none until somebody starts one.",
    default: 1,
    minimum: 0,
    maximum: 50,
  }),
  analyticsMaximumTasks: integer({
    description: "Analytics tasks that autoscaling may run at most.",
    default: 4,
    minimum: 1,
    maximum: 50,
  }),
  analyticsLogRetentionDays: integerOf({
    description: "Days to keep the logs of the analytics tasks.",
    default: 7,
    values: logRetentionDays,
  }),
};

type Settings = typeof settings;

/** The validated configuration of one environment. */
export type EnvironmentConfig = { [Key in keyof Settings]: Settings[Key] extends Setting<infer T> ? T : never };

/** What stands in for an `environmentSuffix` that is not configured. */
export interface SuffixFallbacks {
  /** The ENVIRONMENT_SUFFIX variable. */
  variable: string | undefined;
  stackName: string;
}

/**
 * Reads and checks the whole configuration in one pass.
 * @param configured texts by key, as Pulumi hands them to programs
 * @param living the environment as it is, if there is one already
 * @throws RunError that lists every mistake: the key, its value, and what is allowed.
 */
export function loadConfig(
  configured: Readonly<Record<string, string>>,
  fallbacks: SuffixFallbacks,
  living?: LivingEnvironment,
): EnvironmentConfig {
  const mistakes = new Mistakes();
  const read = <T>(key: string, setting: Setting<T>): T => {
    const value = configured[key];
    if (value === undefined) return setting.default;
    const parsed = setting.parse(value);
    if (parsed === undefined) mistakes.add(key, value, `allowed is ${setting.allowed}`);
    return parsed ?? setting.default;
  };

  for (const [key, value] of Object.entries(configured)) {
    if (!Object.hasOwn(settings, key)) mistakes.add(key, value, "is no key; docs/configuration.md lists them all");
  }
  const config = Object.fromEntries(
    Object.entries(settings).map(([key, setting]) => [key, read<unknown>(key, setting as Setting<unknown>)]),
  ) as EnvironmentConfig;
  const suffix = resolveSuffix(config.environmentSuffix, fallbacks);
  const resolved = { ...config, environmentSuffix: suffix.value };
  const reject = ([key, reason]: Reason) => {
    mistakes.add(key, show(resolved[key]), reason, key === "environmentSuffix" ? suffix.origin : key);
  };

  const suffixMistake = validateSuffix(suffix.value);
  if (suffixMistake) reject(["environmentSuffix", suffixMistake]);
  contradictions(resolved, (key) => mistakes.has(key)).forEach(reject);
  impossibleChanges(resolved, living).forEach(reject);
  mistakes.throwIfAny();
  return resolved;
}

/** MiB that Fargate accepts beside a number of CPU units. */
export function fargateMemoryFor(cpu: number): number[] {
  return fargateMemory[cpu] ?? [];
}

interface Suffix {
  value: string;
  origin: string;
}

function resolveSuffix(configured: string, { variable, stackName }: SuffixFallbacks): Suffix {
  if (configured) return { value: configured, origin: "environmentSuffix" };
  if (variable) return { value: variable, origin: "environmentSuffix (from ENVIRONMENT_SUFFIX)" };
  return { value: stackName, origin: "environmentSuffix (from the stack's name)" };
}

/** What each value allows by itself but not beside the others; nothing that comes from a value already refused. */
function contradictions(config: EnvironmentConfig, isRefused: (key: keyof EnvironmentConfig) => boolean): Reason[] {
  const found: Reason[] = [];
  const check = (
    [key, ...others]: [keyof EnvironmentConfig, ...(keyof EnvironmentConfig)[]],
    reason: string | false | undefined,
  ) => {
    if (reason && ![key, ...others].some(isRefused)) found.push([key, reason]);
  };
  const cidrMistake = validateVpcCidr(config.vpcCidr);
  const overlapping = cidrMistake ? [] : config.reservedCidrs.filter((reserved) => overlap(config.vpcCidr, reserved));
  const missingEndpoints = endpointsRequiredWithoutNat.filter(
    (endpoint) => !config.interfaceEndpoints.includes(endpoint),
  );
  const memories = fargateMemoryFor(config.analyticsCpu);
  const leastMaximumStorage = Math.ceil((config.databaseAllocatedStorage * 11) / 10);
  const connections = Math.floor(maximumConnections(config.databaseInstanceClass) * serviceConnectionShare);
  const concurrencyLimit = Math.floor(connections / connectionsPerContainer);

  check(
    ["region", "allowRegionOutsideEu"],
    !config.region.startsWith("eu-") &&
      !config.allowRegionOutsideEu &&
      "must be in the EU (eu-…), unless allowRegionOutsideEu is true",
  );
  check(["vpcCidr"], cidrMistake);
  check(
    ["vpcCidr", "reservedCidrs"],
    overlapping.length > 0 && `must not overlap ${someOf(overlapping)} of reservedCidrs`,
  );
  check(
    ["interfaceEndpoints", "natStrategy"],
    config.natStrategy === "none" &&
      missingEndpoints.length > 0 &&
      `must also hold ${missingEndpoints.join(", ")} when natStrategy is none`,
  );
  check(
    ["analyticsImage", "natStrategy", "region"],
    config.natStrategy === "none" &&
      privateRegistry(config.analyticsImage)?.region !== config.region &&
      `must be in a private ECR registry of the region (<account>.dkr.ecr.${config.region}.amazonaws.com/…) when natStrategy is none: nothing else can be reached`,
  );
  check(
    ["databaseMaxAllocatedStorage", "databaseAllocatedStorage"],
    config.databaseMaxAllocatedStorage < leastMaximumStorage &&
      `must be at least ${leastMaximumStorage}, 10 % above databaseAllocatedStorage (${config.databaseAllocatedStorage})`,
  );
  check(
    ["serviceConcurrency", "databaseInstanceClass"],
    config.serviceConcurrency > concurrencyLimit &&
      `must be at most ${concurrencyLimit}: ${config.databaseInstanceClass} has connections for no more`,
  );
  check(
    ["analyticsMemory", "analyticsCpu"],
    !memories.includes(config.analyticsMemory) &&
      `must be one of ${memories.join(", ")} when analyticsCpu is ${config.analyticsCpu}`,
  );
  check(
    ["analyticsMaximumTasks", "analyticsMinimumTasks"],
    config.analyticsMaximumTasks < config.analyticsMinimumTasks &&
      `must not be below analyticsMinimumTasks (${config.analyticsMinimumTasks})`,
  );
  return found;
}

/** The repository of an image in a private ECR registry, or undefined. */
export function privateRegistry(image: string): { account: string; region: string; repository: string } | undefined {
  const match = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/([^:@]+)/.exec(image);
  return match?.[1] && match[2] && match[3] ? { account: match[1], region: match[2], repository: match[3] } : undefined;
}

/** Where Cognito may send users: an address whose parts are what they seem, without encoded control characters. */
function isCallbackUrl(text: string): boolean {
  if (text.length > 1024 || /#|%[01]/.test(text) || !URL.canParse(text)) return false;
  const { protocol, hostname, username, password, href } = new URL(text);
  const isSafe = protocol === "https:" || (protocol === "http:" && hostname === "localhost");
  return isSafe && username === "" && password === "" && [text, `${text}/`].includes(href);
}

/** The first few of a list that may be long. */
function someOf(items: string[]): string {
  const [few, more] = [items.slice(0, 3), items.length - 3];
  return more > 0 ? `${few.join(", ")} and ${more} more` : few.join(", ");
}

function show(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function steps(from: number, to: number, by: number): number[] {
  return Array.from({ length: (to - from) / by + 1 }, (_, index) => from + index * by);
}
