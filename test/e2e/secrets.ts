import {
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { LambdaClient, paginateListFunctions } from "@aws-sdk/client-lambda";
import { belongsTo } from "../../tools/leftovers";
import { type ClientConfig, collect } from "../../tools/leftovers/inventory";
import { secretsManager } from "../../tools/leftovers/secrets-manager";

/** The value of every version of every secret of an environment; of a database secret, its password. */
export async function secretValues(config: ClientConfig, suffix: string): Promise<string[]> {
  const client = new SecretsManagerClient(config);
  const secrets = (await secretsManager(config)).filter((secret) => belongsTo(secret, suffix));
  const values = await Promise.all(
    secrets.map(async ({ id: SecretId }) => {
      const { Versions = [] } = await client.send(
        new ListSecretVersionIdsCommand({ SecretId, IncludeDeprecated: true }),
      );
      return Promise.all(
        Versions.map(async ({ VersionId }) => {
          const { SecretString = "" } = await client.send(new GetSecretValueCommand({ SecretId, VersionId }));
          return SecretString.startsWith("{")
            ? (JSON.parse(SecretString) as { password: string }).password
            : SecretString;
        }),
      );
    }),
  );
  return values.flat();
}

/** The environment variables of every function, as text. */
export async function functionEnvironments(config: ClientConfig): Promise<string> {
  const functions = await collect(
    paginateListFunctions({ client: new LambdaClient(config) }, {}),
    (page) => page.Functions,
  );
  return JSON.stringify(functions.map(({ Environment }) => Environment?.Variables ?? {}));
}

/** Names of the texts that hold one of the values, as it is or as JSON writes it. */
export function disclosures(texts: Record<string, string>, values: string[]): string[] {
  const forms = values.flatMap((value) => [value, JSON.stringify(value).slice(1, -1)]);
  return Object.keys(texts).filter((name) => forms.some((form) => texts[name]?.includes(form)));
}
