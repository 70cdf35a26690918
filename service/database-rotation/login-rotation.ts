import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { Pool } from "pg";
import { type Database, type DatabaseEndpoint, isRefusedByPostgres, poolConfig } from "../postgres";
import type { Rotation, RotationTarget } from "../rotation/rotation";
import { RotationError } from "../rotation/rotation-error";
import { generatePassword, setPassword } from "../service-user";
import { type Login, otherUser } from "./login";

/**
 * The rotation of the service's login by two users in turn (Secrets Manager user guide, "Lambda function rotation
 * strategies": alternating users). Readers take the AWSCURRENT login, and it works at any moment:
 * - only the other user's password is ever changed, so the login that is current when a step fails is untouched;
 * - the pending login becomes current only once PostgreSQL has taken it;
 * - the login before it works until the next rotation, for those who read it just before.
 *
 * A failed rotation may be resumed, or given up for one with another version: that one gives the same user another
 * password.
 */
export class LoginRotation implements RotationTarget<Login> {
  /** @param master the database as the user sees it that may set passwords */
  constructor(
    private readonly secrets: SecretsManagerClient,
    private readonly master: Database,
    private readonly endpoint: DatabaseEndpoint,
  ) {}

  async generate({ versions }: Rotation<Login>): Promise<Login> {
    const { username } = await versions.read("AWSCURRENT");
    return { username: otherUser(username), password: await generatePassword(this.secrets) };
  }

  async set(pending: Login, rotation: Rotation<Login>): Promise<void> {
    await requireOtherUser(pending, rotation);
    await this.master.transaction((client) => setPassword(client, pending.username, pending.password));
  }

  async test(stage: "pending" | "current", login: Login, rotation: Rotation<Login>): Promise<void> {
    if (stage === "pending") await requireOtherUser(login, rotation);
    try {
      await this.logIn(login);
    } catch (error) {
      if (isRefusedByPostgres(error)) throw new RotationError(`PostgreSQL refuses the ${stage} login`);
      throw error;
    }
  }

  /** Reads what takes the privileges of the service. */
  private async logIn(login: Login): Promise<void> {
    const pool = new Pool(poolConfig(this.endpoint, login, "database-rotation"));
    pool.on("error", () => undefined);
    try {
      await pool.query("SELECT sequence FROM records.audit_head");
    } finally {
      await pool.end();
    }
  }
}

/**
 * The two are the same where somebody has made another version current since the pending one was made. To go on would
 * take the password from a user at work.
 */
async function requireOtherUser(pending: Login, { versions, versionId }: Rotation<Login>): Promise<void> {
  if (pending.username === (await versions.read("AWSCURRENT")).username)
    throw new RotationError(
      `version ${versionId} is of the user that is current: take AWSPENDING from it, and rotate anew`,
    );
}
