import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { isRefusedByPostgres, parseDatabaseCredentials } from "../../service/postgres";
import type { Health } from "../../service/records/health";
import { serviceUsers } from "../../service/service-user";
import { failures, firstHealthy, healthLimit } from "./health";
import { wakeLimit } from "./invocations";
import { testBeyond, testLocally } from "./local-limits";
import { failedSteps, rotateInUse, type SecretVersion, versionAt } from "./secret-rotation";
import { localCloudFolder, nameOf, outputs } from "./stack";

const SecretId = nameOf("records-database");

/** Seconds; its function has been idle since the rotation before. */
const rotationLimit = 180 + wakeLimit;

let before: SecretVersion;
let after: SecretVersion;
/** Of the service, while its secret is rotated. */
let health: Health[];

describe("rotation of the service's login to the database", () => {
  beforeAll(
    async () => {
      ({ before, after, health } = await rotateInUse(SecretId, "database-rotation", rotationLimit));
    },
    (healthLimit + rotationLimit + 30) * 1000,
  );

  testBeyond(
    "functions at work",
    "makes the other user's login current, and keeps the one before as such",
    async () => {
      expect((await versionAt(SecretId, "AWSCURRENT")).id).toBe(after.id);
      expect((await versionAt(SecretId, "AWSPREVIOUS")).id).toBe(before.id);
      const users = [before, after].map(({ value }) => parseDatabaseCredentials(value).username);
      expect(users.toSorted()).toEqual(serviceUsers);
      const [passwordBefore, password] = [before, after].map(({ value }) => parseDatabaseCredentials(value).password);
      expect(password === passwordBefore).toBe(false);
    },
  );

  // The suite has just rotated: what was logged at the deployment can be read by now.
  testBeyond(
    "functions at work",
    "has not failed since its function was deployed, nor has the test of its configuration",
    async () => {
      expect(await failedSteps("database-rotation")).toEqual([]);
    },
  );

  testBeyond(
    "functions at work",
    "does not interrupt the service",
    async () => {
      expect(failures(health, "database")).toEqual([]);
      expect(health.map(({ checks }) => checks.database.status)).toContain("ok");
      await firstHealthy(randomUUID());
    },
    (healthLimit + 30) * 1000,
  );

  testLocally("from inside the VPC", "leaves both logins working, and no other password", async () => {
    expect(await postgresTakes(after.value)).toBe(true);
    expect(await postgresTakes(before.value)).toBe(true);
    const { username } = parseDatabaseCredentials(after.value);
    expect(await postgresTakes(JSON.stringify({ username, password: randomUUID() }))).toBe(false);
  });
});

/** Whether PostgreSQL lets in a client with this login. */
async function postgresTakes(login: string): Promise<boolean> {
  const { username, password } = parseDatabaseCredentials(login);
  const client = new Client({
    host: outputs.databaseEndpoint,
    port: outputs.databasePort,
    database: outputs.databaseName,
    user: username,
    password,
    ssl: { ca: readFileSync(join(localCloudFolder, "ca.pem")) },
  });
  try {
    await client.connect();
    await client.query("SELECT 1");
    return true;
  } catch (error) {
    if (isRefusedByPostgres(error)) return false;
    throw error;
  } finally {
    await client.end();
  }
}
