import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Context, SecretsManagerRotationEvent } from "aws-lambda";
import type { ReplicationGroup } from "./replication-group";
import { rotate } from "./rotation";
import { RotationError } from "./rotation-error";
import { SecretVersions } from "./secret-versions";

/** Milliseconds of the function's time that a change of the group must leave for the rest of a step. */
const reserve = 15_000;

export interface RotationHandlerArgs {
  secrets: SecretsManagerClient;
  group: ReplicationGroup;
  /** Powertools' logger is one. */
  log: {
    info(message: string, details: Record<string, unknown>): void;
    error(message: string, details: Record<string, unknown>): void;
  };
}

export function createHandler({ secrets, group, log }: RotationHandlerArgs) {
  return async (event: SecretsManagerRotationEvent, context: Context): Promise<void> => {
    const { Step: step, SecretId: secretId, ClientRequestToken: versionId } = event;
    const details = { step, secretId, versionId };
    log.info("step begins", details);
    try {
      await rotate(step, {
        versions: new SecretVersions(secrets, secretId),
        group,
        versionId,
        deadline: Date.now() + context.getRemainingTimeInMillis() - reserve,
      });
    } catch (error) {
      const reason = withoutSecrets(error);
      log.error("step failed", { ...details, reason });
      throw new RotationError(`${step}: ${reason}`);
    }
    log.info("step done", details);
  };
}

/** Messages of AWS and of Redis can quote what they were sent; Lambda logs what is thrown. */
function withoutSecrets(error: unknown): string {
  if (error instanceof RotationError) return error.message;
  return error instanceof Error ? error.name : typeof error;
}
