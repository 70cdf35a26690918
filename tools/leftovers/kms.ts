import {
  DescribeKeyCommand,
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
      const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId }));
      // AWS deletes a key after its waiting period only: this is as gone as it can be now. The tags of AWS's own keys cannot be read.
      if (KeyMetadata?.KeyState === "PendingDeletion" || KeyMetadata?.KeyManager === "AWS") return [];
      const tags = await collect(paginateListResourceTags({ client }, { KeyId }), (page) => page.Tags);
      const record = Object.fromEntries(tags.map(({ TagKey = "", TagValue = "" }) => [TagKey, TagValue]));
      return [{ type: "aws:kms/key:Key", id: KeyId ?? "", names: [record.Name], tags: record }];
    }),
  );
  return [
    ...described.flat(),
    ...aliases.map(({ AliasName = "" }) => ({
      type: "aws:kms/alias:Alias",
      id: AliasName,
      names: [AliasName],
      tags: {},
    })),
  ];
};
