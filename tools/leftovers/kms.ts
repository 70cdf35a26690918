import {
  DescribeKeyCommand,
  type KeyMetadata,
  KMSClient,
  paginateListAliases,
  paginateListKeys,
  paginateListResourceTags,
} from "@aws-sdk/client-kms";
import { collect, type Inventory } from "./inventory";

export const kms: Inventory = async (config) => {
  const client = new KMSClient(config);
  const aliases = await collect(paginateListAliases({ client }, {}), (page) => page.Aliases);
  const keys = await collect(paginateListKeys({ client }, {}), (page) => page.Keys);
  const described = await Promise.all(
    keys.map(async ({ KeyId }) => {
      const metadata = await describe(client, KeyId);
      // The tags of AWS's own keys cannot be read.
      if (metadata?.KeyManager !== "CUSTOMER") return [];
      const tags = await collect(paginateListResourceTags({ client }, { KeyId }), (page) => page.Tags);
      const record = Object.fromEntries(tags.map(({ TagKey = "", TagValue = "" }) => [TagKey, TagValue]));
      return [{ id: KeyId ?? "", state: metadata.KeyState, tags: record }];
    }),
  );
  const ours = described.flat();
  return [
    ...ours
      // AWS deletes a key after its waiting period only: this is as gone as it can be now.
      .filter(({ state }) => state !== "PendingDeletion")
      .map(({ id, tags }) => ({ type: "aws:kms/key:Key" as const, id, names: [tags.Name], tags })),
    ...aliases.map(({ AliasName = "", TargetKeyId }) => ({
      type: "aws:kms/alias:Alias" as const,
      id: AliasName,
      names: [AliasName],
      tags: ours.find(({ id }) => id === TargetKeyId)?.tags ?? {},
      inheritsTags: true,
    })),
  ];
};

/** Undefined for a key whose policy shuts the whole account out, which ours do not (IAM user guide, "Access denied error messages"). */
async function describe(client: KMSClient, KeyId: string | undefined): Promise<KeyMetadata | undefined> {
  try {
    return (await client.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata;
  } catch (error) {
    if (error instanceof Error && error.message.includes("no resource-based policy allows")) return undefined;
    throw error;
  }
}
