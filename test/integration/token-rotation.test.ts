import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import type { Health } from "../../service/records/health";
import { isAuthToken } from "../../service/redis-rotation/auth-token";
import { failures, firstHealthy, healthDuring, healthLimit } from "./health";
import { testBeyond, testLocally } from "./local-limits";
import { findReplicationGroup, settlingLimit } from "./lookups";
import { failedSteps, rotateInUse, type SecretVersion, versionAt } from "./secret-rotation";
import { isLocal, localCloudFolder, nameOf, outputs } from "./stack";

const SecretId = outputs.redisAuthSecretArn;

/** Seconds; ElastiCache takes minutes to add a token, and again to drop one. */
const rotationLimit = isLocal ? 120 : 1800;

let before: SecretVersion;
let after: SecretVersion;
/** Of the service, while its secret is rotated. */
let health: Health[];

describe("rotation of the token of Redis", () => {
  beforeAll(
    async () => {
      // Its last step includes that Redis refuses the token before.
      ({ before, after, health } = await rotateInUse(SecretId, "redis-rotation", rotationLimit));
    },
    (healthLimit + rotationLimit + 30) * 1000,
  );

  testBeyond("functions at work", "makes a new token current, and keeps the one before as such", async () => {
    expect((await versionAt(SecretId, "AWSCURRENT")).id).toBe(after.id);
    expect((await versionAt(SecretId, "AWSPREVIOUS")).id).toBe(before.id);
    expect(isAuthToken(after.value)).toBe(true);
    expect(after.value === before.value).toBe(false);
  });

  testBeyond(
    "functions at work",
    "leaves no change of the replication group pending",
    async () => {
      const group = await findReplicationGroup();
      expect(group).toMatchObject({
        ReplicationGroupId: nameOf("redis"),
        Status: "available",
        AuthTokenEnabled: true,
      });
      expect(group.PendingModifiedValues?.AuthTokenStatus).toBeUndefined();
    },
    (settlingLimit + 30) * 1000,
  );

  // The suite has just rotated: what was logged at the deployment can be read by now.
  testBeyond(
    "functions at work",
    "has not failed since its function was deployed, nor has the test of its configuration",
    async () => {
      expect(await failedSteps("redis-rotation")).toEqual([]);
    },
  );

  testBeyond(
    "functions at work",
    "does not interrupt the service",
    async () => {
      expect(failures(health, "cache")).toEqual([]);
      expect(health.map(({ checks }) => checks.cache.status)).toContain("ok");
      await firstHealthy(randomUUID());
    },
    (healthLimit + 30) * 1000,
  );

  testLocally("from inside the VPC", "makes Redis refuse the old token and take the new one", async () => {
    expect(await redisTakes(after.value)).toBe(true);
    expect(await redisTakes(before.value)).toBe(false);
    expect(await redisTakes(undefined)).toBe(false);
  });

  testLocally("from inside the VPC", "makes the service read the new token where it must connect anew", async () => {
    const [, healthThen] = await healthDuring(closeConnections(after.value));
    expect(failures(healthThen, "cache")).toEqual([]);
  });
});

/** Whether Redis lets in a client with this token. */
async function redisTakes(password: string | undefined): Promise<boolean> {
  const client = clientOf(password);
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

/** Ends every other connection to Redis. */
async function closeConnections(token: string): Promise<void> {
  const client = clientOf(token);
  await client.call("CLIENT", "KILL", "TYPE", "normal");
  client.disconnect();
}

const clientOf = (password: string | undefined) =>
  new Redis({
    host: outputs.redisPrimaryEndpoint,
    port: outputs.redisPort,
    password,
    tls: { ca: readFileSync(join(localCloudFolder, "ca.pem")) },
    lazyConnect: true,
    enableReadyCheck: false,
    retryStrategy: null,
  });
