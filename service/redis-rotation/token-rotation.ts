import { GetRandomPasswordCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Rotation, RotationTarget } from "../rotation/rotation";
import { RotationError } from "../rotation/rotation-error";
import { excludedCharacters, isAuthToken, tokenLength } from "./auth-token";
import type { ReplicationGroup } from "./replication-group";

/**
 * The rotation of a replication group's AUTH token. Readers take the AWSCURRENT token, and it works at any moment:
 * - until `setSecret`, Redis knows nothing of the new token;
 * - from `ROTATE` on it accepts both, so it does not matter which one is current when a step fails;
 * - `finishSecret` makes the new one current first. Only then does `SET` shut out the old one, which by now nobody
 *   reads any longer. Were it the other way round, a failure in between would leave readers with a refused token.
 *
 * A failed rotation must be resumed, not given up for one with another version: Redis accepts the last two tokens only,
 * and a third one would displace the current one.
 */
export class TokenRotation implements RotationTarget<string> {
  constructor(
    private readonly secrets: SecretsManagerClient,
    private readonly group: ReplicationGroup,
  ) {}

  async generate(): Promise<string> {
    const { RandomPassword } = await this.secrets.send(
      new GetRandomPasswordCommand({ PasswordLength: tokenLength, ExcludeCharacters: excludedCharacters }),
    );
    if (!RandomPassword || !isAuthToken(RandomPassword))
      throw new RotationError("the generated token is not one that ElastiCache takes");
    return RandomPassword;
  }

  /**
   * A group that was replaced has its first token again, of which no version tells any longer. The current and the
   * pending one displace it, so that `settle` leaves none that it does not know.
   */
  async set(pending: string, { versions, deadline }: Rotation<string>): Promise<void> {
    await this.group.rotateTo(await versions.read("AWSCURRENT"), deadline);
    await this.group.rotateTo(pending, deadline);
  }

  async test(stage: "pending" | "current", token: string): Promise<void> {
    if (!(await this.group.accepts(token))) throw new RotationError(`Redis refuses the ${stage} token`);
  }

  /** Shuts out the token before. */
  async settle({ versions, versionId, deadline }: Rotation<string>): Promise<void> {
    const current = await versions.read("AWSCURRENT", versionId);
    await this.group.setOnly(current, await versions.read("AWSPREVIOUS"), deadline);
  }
}
