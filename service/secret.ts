import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { awsClientLimits } from "./aws-client";

/** A secret that does not hold what it should. Says nothing of what it holds. */
export class SecretFormatError extends Error {
  override readonly name = "SecretFormatError";
}

export const createSecretsClient = () => new SecretsManagerClient(awsClientLimits);

/** Reads the text of a secret in Secrets Manager. */
export const secretText = (client: SecretsManagerClient, arn: string) => async (): Promise<string> => {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
  if (!SecretString) throw new SecretFormatError("the secret is empty");
  return SecretString;
};

/** Credentials that are read once and kept until they turn out to be stale. */
export class Secret<T> {
  private current?: Promise<T>;

  constructor(
    private readonly readText: () => Promise<string>,
    private readonly parse: (value: string) => T,
  ) {}

  /**
   * Runs with the credentials. Where they are refused, they may have been rotated since: reads them anew, once, and
   * runs again.
   */
  async use<R>(run: (credentials: T) => Promise<R>, isRefused: (error: unknown) => boolean): Promise<R> {
    const known = this.read();
    try {
      return await run(await known);
    } catch (error) {
      if (!isRefused(error)) throw error;
      // Another run may have read them anew in the meantime.
      if (this.current === known) this.current = undefined;
      return run(await this.read());
    }
  }

  private read(): Promise<T> {
    const reading = (this.current ??= this.readText().then(this.parse));
    reading.catch(() => {
      if (this.current === reading) this.current = undefined;
    });
    return reading;
  }
}
