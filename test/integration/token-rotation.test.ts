import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import { isAuthToken } from "../../service/redis-rotation/auth-token";
import { invokeHealth } from "./health";
import { wakeLimit } from "./invocations";
import { testBeyond, testLocally } from "./local-limits";
import { findReplicationGroup, settlingLimit } from "./lookups";
import { failedSteps, rotate, type SecretVersion, versionAt } from "./secret-rotation";
import { isLocal, localCloudFolder, nameOf, outputs } from "./stack";

const SecretId = outputs.redisAuthSecretArn;

/** Seconds; ElastiCache takes minutes to add a token, and again to drop one. */
const rotationLimit = isLocal ? 120 : 1800;

let before: SecretVersion;
let after: SecretVersion;

describe("rotation of the token of Redis", () => {
  beforeAll(async () => {
    // Its last step includes that Redis refuses the token before.
    ({ before, after } = await rotate(SecretId, "redis-rotation", rotationLimit));
  }, rotationLimit * 1000);

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
      const { body } = await invokeHealth(randomUUID());
      expect(JSON.parse(body)).toMatchObject({ checks: { cache: { status: "ok" } } });
    },
    (wakeLimit + 30) * 1000,
  );

  testLocally("from inside the VPC", "makes Redis refuse the old token and take the new one", async () => {
    expect(await redisTakes(after.value)).toBe(true);
    expect(await redisTakes(before.value)).toBe(false);
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
