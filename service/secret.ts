import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

/** A secret that does not hold what it should. Says nothing of what it holds. */
export class SecretFormatError extends Error {
  override readonly name = "SecretFormatError";
}

/** Answers or fails well within the time a request may take. */
export const createSecretsClient = () =>
  new SecretsManagerClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1000, requestTimeout: 1500, throwOnRequestTimeout: true },
  });

/** Credentials in Secrets Manager, read once and kept until they turn out to be stale. */
export class Secret<T> {
  private current?: Promise<T>;

  constructor(
    private readonly client: SecretsManagerClient,
    private readonly arn: string,
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
    const reading = (this.current ??= this.fetch());
    reading.catch(() => {
      if (this.current === reading) this.current = undefined;
    });
    return reading;
  }

  private async fetch(): Promise<T> {
    const { SecretString } = await this.client.send(new GetSecretValueCommand({ SecretId: this.arn }));
    if (!SecretString) throw new SecretFormatError("the secret is empty");
    return this.parse(SecretString);
  }
}
