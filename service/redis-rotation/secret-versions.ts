import {
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { excludedCharacters, isAuthToken, tokenLength } from "./auth-token";
import { RotationError } from "./rotation-error";

type Stage = "AWSCURRENT" | "AWSPENDING" | "AWSPREVIOUS";

/** The versions of one secret whose string is an AUTH token. */
export class SecretVersions {
  constructor(
    private readonly client: SecretsManagerClient,
    private readonly secretId: string,
  ) {}

  /** Stages of each version that has any. */
  async stages(): Promise<{ rotationEnabled: boolean; byVersion: Record<string, string[]> }> {
    const secret = await this.client.send(new DescribeSecretCommand({ SecretId: this.secretId }));
    return { rotationEnabled: secret.RotationEnabled === true, byVersion: secret.VersionIdsToStages ?? {} };
  }

  /** The token of a stage, where given only if that version has the stage, or null where there is none yet. */
  async find(stage: Stage, versionId?: string): Promise<string | null> {
    try {
      const { SecretString } = await this.client.send(
        new GetSecretValueCommand({ SecretId: this.secretId, VersionStage: stage, VersionId: versionId }),
      );
      if (!SecretString || !isAuthToken(SecretString))
        throw new RotationError(`the ${stage} version is not a token that ElastiCache takes`);
      return SecretString;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return null;
      throw error;
    }
  }

  async read(stage: Stage, versionId?: string): Promise<string> {
    const token = await this.find(stage, versionId);
    if (token === null) throw new RotationError(`the secret has no ${stage} version`);
    return token;
  }

  /** Gives the version a new token and makes it pending. */
  async createPending(versionId: string): Promise<void> {
    const { RandomPassword } = await this.client.send(
      new GetRandomPasswordCommand({ PasswordLength: tokenLength, ExcludeCharacters: excludedCharacters }),
    );
    if (!RandomPassword || !isAuthToken(RandomPassword))
      throw new RotationError("the generated token is not one that ElastiCache takes");
    await this.client.send(
      new PutSecretValueCommand({
        SecretId: this.secretId,
        ClientRequestToken: versionId,
        SecretString: RandomPassword,
        VersionStages: ["AWSPENDING"],
      }),
    );
  }

  /** Makes the version current; the one that was becomes the previous one. */
  async makeCurrent(versionId: string, currentVersionId: string | undefined): Promise<void> {
    await this.client.send(
      new UpdateSecretVersionStageCommand({
        SecretId: this.secretId,
        VersionStage: "AWSCURRENT",
        MoveToVersionId: versionId,
        RemoveFromVersionId: currentVersionId,
      }),
    );
  }
}
