import { DeleteSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { goesWithItsOwner, type Removals } from "./removal";

export const secretsManager: Removals<"aws:secretsmanager/secret:Secret"> = (config) => {
  const client = new SecretsManagerClient(config);
  return {
    // The master's secret is RDS's, which nobody else may delete. Without recovery: the name is free again at once.
    "aws:secretsmanager/secret:Secret": (found) =>
      found.tags === undefined
        ? goesWithItsOwner(found)
        : client.send(new DeleteSecretCommand({ SecretId: found.id, ForceDeleteWithoutRecovery: true })),
  };
};
