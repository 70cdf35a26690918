import { DeleteAliasCommand, KMSClient, ScheduleKeyDeletionCommand } from "@aws-sdk/client-kms";
import type { Removals } from "./removal";

export const kms: Removals<"aws:kms/alias:Alias" | "aws:kms/key:Key"> = (config) => {
  const client = new KMSClient(config);
  return {
    "aws:kms/alias:Alias": ({ id: AliasName }) => client.send(new DeleteAliasCommand({ AliasName })),
    // The shortest waiting period that AWS allows (KMS developer guide, "Deleting AWS KMS keys").
    "aws:kms/key:Key": ({ id: KeyId }) =>
      client.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 })),
  };
};
