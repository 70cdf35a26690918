import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { paginateDescribeReplicationGroups } from "@aws-sdk/client-elasticache";
import { DescribeSecretCommand, RotateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { Redis } from "ioredis";
import { isAuthToken } from "../../service/redis-rotation/auth-token";
import { invokeHealth } from "./health";
import { testBeyond, testInside } from "./local-limits";
import { secretString } from "./secret-values";
import { aws, collect, eventually, isLocal, localCloudFolder, nameOf, only, outputs, present } from "./stack";

const SecretId = outputs.redisAuthSecretArn;

/** Seconds; ElastiCache takes minutes to add a token, and again to drop one. */
const rotationLimit = isLocal ? 120 : 1800;

interface Rotation {
  versionBefore: string;
  tokenBefore: string;
  version: string;
  token: string;
}

let rotation: Rotation;

/** The one version of the secret with a label. */
async function versionAt(stage: string): Promise<string> {
  const { VersionIdsToStages = {} } = await aws.secretsManager.send(new DescribeSecretCommand({ SecretId }));
  const versions = Object.entries(VersionIdsToStages).filter(([, stages]) => stages.includes(stage));
  return only(versions, `version at ${stage}`)[0];
}

/** Whether the function says that it has done the last step for a version, which includes that Redis refuses the token before. */
async function finished(version: string, startTime: number): Promise<true | undefined> {
  const logGroupName = `/aws/lambda/${nameOf("redis-rotation")}`;
  const messages = await collect(paginateFilterLogEvents({ client: aws.logs }, { logGroupName, startTime }), (page) =>
    page.events?.map(({ message = "" }) => message),
  );
  const ofVersion = messages.filter((message) => message.includes(version));
  const failure = ofVersion.find((message) => message.includes("step failed"));
  if (failure !== undefined) throw new Error(`the rotation failed: ${failure}`);
  return ofVersion.some((message) => message.includes("step done") && message.includes("finishSecret")) || undefined;
}

describe("rotation of the token of Redis", () => {
  beforeAll(async () => {
    const [versionBefore, tokenBefore] = [await versionAt("AWSCURRENT"), await secretString({ SecretId })];
    const startTime = Date.now();
    const { VersionId } = await aws.secretsManager.send(new RotateSecretCommand({ SecretId }));
    const version = present(VersionId, "version of the rotation");
    await eventually("the rotation has finished", rotationLimit, () => finished(version, startTime));
    rotation = { versionBefore, tokenBefore, version, token: await secretString({ SecretId }) };
  }, rotationLimit * 1000);

  testBeyond("rotation of the token", "makes a new token current, and keeps the one before as such", async () => {
    expect(await versionAt("AWSCURRENT")).toBe(rotation.version);
    expect(await versionAt("AWSPREVIOUS")).toBe(rotation.versionBefore);
    expect(isAuthToken(rotation.token)).toBe(true);
    expect(rotation.token === rotation.tokenBefore).toBe(false);
  });

  testBeyond("rotation of the token", "leaves no change of the replication group pending", async () => {
    const groups = await collect(
      paginateDescribeReplicationGroups({ client: aws.elastiCache }, { ReplicationGroupId: nameOf("redis") }),
      (page) => page.ReplicationGroups,
    );
    const group = only(groups, "replication group");
    expect(group).toMatchObject({ Status: "available", AuthTokenEnabled: true });
    expect(group.PendingModifiedValues?.AuthTokenStatus).toBeUndefined();
  });

  testBeyond("rotation of the token", "does not interrupt the service", async () => {
    const { body } = await invokeHealth(randomUUID());
    expect(JSON.parse(body)).toMatchObject({ checks: { cache: { status: "ok" } } });
  });

  testInside("rotation of the token", "makes Redis refuse the old token and take the new one", async () => {
    expect(await redisTakes(rotation.token)).toBe(true);
    expect(await redisTakes(rotation.tokenBefore)).toBe(false);
    expect(await redisTakes(undefined)).toBe(false);
  });
});

/** Whether Redis lets in a client with this token. */
async function redisTakes(password: string | undefined): Promise<boolean> {
  const client = new Redis({
    host: outputs.redisPrimaryEndpoint,
    port: outputs.redisPort,
    password,
    tls: { ca: readFileSync(join(localCloudFolder, "ca.pem")) },
    lazyConnect: true,
    enableReadyCheck: false,
    retryStrategy: null,
  });
  let reason: Error | undefined;
  client.on("error", (error) => (reason ??= error));
  try {
    await client.connect();
    await client.ping();
    return true;
  } catch (error) {
    const cause = reason ?? error;
    if (cause instanceof Error && cause.name === "ReplyError" && /^(WRONGPASS|NOAUTH)\b/.test(cause.message))
      return false;
    throw cause;
  } finally {
    client.disconnect();
  }
}
