import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";

const text = (value: unknown): value is string => typeof value === "string" && value !== "";
const port = (value: unknown): value is number => Number.isInteger(value);
const texts = (value: unknown): value is string[] => Array.isArray(value) && value.length > 0 && value.every(text);
const keyArns = (value: unknown): value is Record<"database" | "cache" | "secrets" | "logs" | "alerts", string> =>
  typeof value === "object" &&
  value !== null &&
  Object.keys(value).sort().join() === "alerts,cache,database,logs,secrets" &&
  Object.values(value).every(text);

const textOrNone = (value: unknown): value is string | undefined => value === undefined || text(value);

/** Every output of the stack, and what it is. */
const shape = {
  environmentSuffix: text,
  region: text,
  vpcId: text,
  publicSubnetIds: texts,
  privateSubnetIds: texts,
  dataSubnetIds: texts,
  kmsKeyArns: keyArns,
  redisPrimaryEndpoint: text,
  redisPort: port,
  redisAuthSecretArn: text,
  databaseEndpoint: text,
  databasePort: port,
  databaseName: text,
  databaseSecretArn: text,
  apiUrl: text,
  apiId: text,
  userPoolId: text,
  userPoolClientId: text,
  ecsClusterName: text,
  ecsTaskDefinitionArn: text,
  auditLogGroupName: text,
  auditTrailBucketName: textOrNone,
  operationsFunctionName: text,
  alarmTopicArn: text,
  dashboardUrl: text,
};

type Checked<Check> = Check extends (value: unknown) => value is infer T ? T : never;

export type StackOutputs = { [Name in keyof typeof shape]: Checked<(typeof shape)[Name]> };

/** A deployed stack, and how to reach the cloud that it is in. */
export interface DeployedStack {
  outputs: StackOutputs;
  /** URL of a stand-in for AWS; undefined for AWS itself. */
  endpoint: string | undefined;
  /** Whether that stand-in is on this machine. */
  isLocal: boolean;
  /** Where the local cloud keeps its authority and says what it runs. */
  localCloudFolder: string;
}

/** The folder in which `npm run local` leaves the outputs of its environments and the address of its cloud. */
const localFolder = resolve(__dirname, "../../.local");

/**
 * Finds the stack to test: STACK_OUTPUTS names the file of its outputs (default: what `npm run local` deployed), AWS_ENDPOINT_URL the
 * cloud (default: the local one for its own outputs, else AWS), TAP_LOCAL_STATE what the local cloud keeps (default: `aws` beside the outputs).
 */
export function findStack(variables: NodeJS.ProcessEnv, folder = localFolder): DeployedStack {
  const file = resolve(variables.STACK_OUTPUTS ?? join(folder, "outputs-dev.json"));
  const outputs = readOutputs(file);
  const endpoint =
    variables.AWS_ENDPOINT_URL ?? (file.startsWith(folder + sep) ? readLocalEndpoint(folder) : undefined);
  return {
    outputs,
    endpoint,
    isLocal: endpoint !== undefined && isLoopback(endpoint),
    localCloudFolder: resolve(variables.TAP_LOCAL_STATE ?? join(dirname(file), "aws")),
  };
}

function readOutputs(file: string): StackOutputs {
  if (!existsSync(file)) throw new Error(`${file} does not exist.\n${howToGetOutputs}`);
  const found: unknown = JSON.parse(readFileSync(file, "utf8"));
  const values = new Map(typeof found === "object" && found !== null ? Object.entries(found) : []);
  const wrong = Object.entries(shape).filter(([name, check]) => !check(values.get(name)));
  const unknown = [...values.keys()].filter((name) => !(name in shape));
  if (wrong.length > 0 || unknown.length > 0) {
    const names = [
      ...wrong.map(([name]) => `${name} is missing or wrong`),
      ...unknown.map((name) => `${name} is unknown`),
    ];
    throw new Error(`${file} does not hold this stack's outputs: ${names.join(", ")}.\n${howToGetOutputs}`);
  }
  return Object.fromEntries(values) as StackOutputs;
}

const howToGetOutputs = `The integration suite needs the outputs of a deployed stack:
  locally:  npm run local
  in AWS:   pulumi stack output --json > outputs.json
            STACK_OUTPUTS=outputs.json npm run test:integration`;

function readLocalEndpoint(folder: string): string {
  const file = join(folder, "endpoint");
  if (!existsSync(file)) throw new Error(`${file} does not exist: no local cloud runs. Start it with: npm run local`);
  return readFileSync(file, "utf8").trim();
}

function isLoopback(endpoint: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(new URL(endpoint).hostname);
}
