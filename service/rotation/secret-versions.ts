import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { RotationError } from "./rotation-error";

type Stage = "AWSCURRENT" | "AWSPENDING" | "AWSPREVIOUS";

/** How a secret's string holds its value. */
export interface SecretFormat<T> {
  /** What the string should be, for errors: "a token". */
  name: string;
  /** Null where the string is not that. */
  parse(text: string): T | null;
  write(value: T): string;
}

/** The versions of one secret. */
export class SecretVersions<T> {
  constructor(
    private readonly client: SecretsManagerClient,
    private readonly secretId: string,
    private readonly format: SecretFormat<T>,
  ) {}

  /** Stages of each version that has any. */
  async stages(): Promise<{ rotationEnabled: boolean; byVersion: Record<string, string[]> }> {
    const secret = await this.client.send(new DescribeSecretCommand({ SecretId: this.secretId }));
    return { rotationEnabled: secret.RotationEnabled === true, byVersion: secret.VersionIdsToStages ?? {} };
  }

  /** The value of a stage, where given only if that version has the stage, or null where there is none yet. */
  async find(stage: Stage, versionId?: string): Promise<T | null> {
    try {
      const { SecretString } = await this.client.send(
        new GetSecretValueCommand({ SecretId: this.secretId, VersionStage: stage, VersionId: versionId }),
      );
      const value = this.format.parse(SecretString ?? "");
      if (value === null) throw new RotationError(`the ${stage} version is not ${this.format.name}`);
      return value;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return null;
      throw error;
    }
  }

  async read(stage: Stage, versionId?: string): Promise<T> {
    const value = await this.find(stage, versionId);
    if (value === null) throw new RotationError(`the secret has no ${stage} version`);
    return value;
  }

  /** Whether two values are the same string in the secret. */
  areSame(one: T, other: T): boolean {
    return this.format.write(one) === this.format.write(other);
  }

  /** Gives the version a value and makes it pending. */
  async putPending(versionId: string, value: T): Promise<void> {
    await this.client.send(
      new PutSecretValueCommand({
        SecretId: this.secretId,
        ClientRequestToken: versionId,
        SecretString: this.format.write(value),
        VersionStages: ["AWSPENDING"],
      }),
    );
  }

  /** Makes the version current; the one that was becomes the previous one. Refused where another is current by now. */
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
