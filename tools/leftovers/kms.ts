import {
  DescribeKeyCommand,
  KMSClient,
  paginateListAliases,
  paginateListKeys,
  paginateListResourceTags,
} from "@aws-sdk/client-kms";
import { askEach, collect, type Inventory } from "./inventory";

export const kms: Inventory = async (config) => {
  const client = new KMSClient(config);
  const aliases = await collect(paginateListAliases({ client }, {}), (page) => page.Aliases);
  const keys = await collect(paginateListKeys({ client }, {}), (page) => page.Keys);
  const ours = (await askEach(keys, ({ KeyId = "" }) => describe(client, KeyId))).flat();
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

/** A key of the account's own; none for AWS's, whose tags cannot be read, and for one whose policy shuts the caller out, which ours do not. */
async function describe(client: KMSClient, id: string) {
  try {
    const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: id }));
    if (KeyMetadata?.KeyManager !== "CUSTOMER") return [];
    const tags = await collect(paginateListResourceTags({ client }, { KeyId: id }), (page) => page.Tags);
    const record = Object.fromEntries(tags.map(({ TagKey = "", TagValue = "" }) => [TagKey, TagValue]));
    return [{ id, state: KeyMetadata.KeyState, tags: record }];
  } catch (error) {
    if (isShutOut(error)) return [];
    throw error;
  }
}

/** Refused by the key's policy, and not by the caller's own (IAM user guide, "Troubleshoot access denied error messages"). */
function isShutOut(error: unknown): boolean {
  return (
    error instanceof Error &&
    /no resource-based policy allows|explicit deny in a resource-based policy/.test(error.message)
  );
}
