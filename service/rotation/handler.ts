import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Context, SecretsManagerRotationEvent } from "aws-lambda";
import { errorText } from "../describe-error";
import type { Log } from "../log";
import { rotate, type RotationTarget } from "./rotation";
import { RotationError } from "./rotation-error";
import { type SecretFormat, SecretVersions } from "./secret-versions";

/** Milliseconds of the function's time that a change of the target must leave for the rest of a step. */
const reserve = 15_000;

export interface RotationHandlerArgs<T> {
  secrets: SecretsManagerClient;
  format: SecretFormat<T>;
  target: RotationTarget<T>;
  log: Log;
}

export function createHandler<T>({ secrets, format, target, log }: RotationHandlerArgs<T>) {
  return async (event: SecretsManagerRotationEvent, context: Context): Promise<void> => {
    const { Step: step, SecretId: secretId, ClientRequestToken: versionId } = event;
    const details = { step, secretId, versionId };
    log.info("step begins", details);
    try {
      await rotate(step, target, {
        versions: new SecretVersions(secrets, secretId, format),
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

/** Messages of AWS, of Redis and of PostgreSQL can quote what they were sent; Lambda logs what is thrown. */
const withoutSecrets = (error: unknown) => (error instanceof RotationError ? error.message : errorText(error));
