import { paginateListSecrets, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type ClientConfig, collect, type Found, tagRecord } from "./inventory";

export const secretsManager = async (config: ClientConfig): Promise<Found[]> => {
  const client = new SecretsManagerClient(config);
  // A secret in its recovery window still holds its name, so it counts.
  const secrets = await collect(
    paginateListSecrets({ client }, { IncludePlannedDeletion: true }),
    (page) => page.SecretList,
  );
  return secrets.map(({ ARN = "", Name, Tags }) => {
    const tags = tagRecord(Tags);
    // The master secret that RDS makes has a name of RDS's own, and a tag that says whose it is.
    const owner = tags["aws:rds:primaryDBInstanceArn"]?.split(":").at(-1);
    return {
      type: "aws:secretsmanager/secret:Secret",
      id: ARN,
      names: [Name, owner],
      tags: owner === undefined ? tags : undefined,
    };
  });
};
