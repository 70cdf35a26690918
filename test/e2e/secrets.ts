import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import {
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { LambdaClient, paginateListFunctions } from "@aws-sdk/client-lambda";
import { belongsTo } from "../../tools/leftovers";
import { type ClientConfig, collect } from "../../tools/leftovers/inventory";
import { secretsManager } from "../../tools/leftovers/secrets-manager";
import { repository } from "../../tools/paths";

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

/** The text of every file of a folder, by its path there, without one of them. */
export function filesIn(folder: string, except?: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = entries.map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  return textsOf(
    folder,
    files.filter((file) => file !== except),
  );
}

/** The text of every file of the repository that git keeps or would take. */
export function filesOfRepository(): Record<string, string> {
  const list = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: repository,
    encoding: "utf8",
  });
  return textsOf(
    repository,
    list.split("\0").filter((file) => file !== "" && existsSync(join(repository, file))),
  );
}

function textsOf(folder: string, files: string[]): Record<string, string> {
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(folder, file), "utf8")]));
}
