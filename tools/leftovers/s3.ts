import { GetBucketTaggingCommand, paginateListBuckets, S3Client } from "@aws-sdk/client-s3";
import { globalName } from "../../lib/naming";
import { type ClientConfig, collect, type Inventory, tagRecord } from "./inventory";

/** No name server knows a bucket's own host in the local cloud. */
export const s3Client = (config: ClientConfig) => new S3Client({ ...config, forcePathStyle: true });

export const s3: Inventory = async (config, wanted) => {
  const client = s3Client(config);
  const buckets = await collect(
    paginateListBuckets({ client }, { BucketRegion: config.region }),
    (page) => page.Buckets,
  );
  // Other people's may have policies that let nobody ask for their tags.
  const trail = globalName("audit-trail", wanted);
  const [own] = buckets.filter(({ Name }) => Name === trail);
  const tags = own && (await tagsOf(client, trail));
  return tags ? [{ type: "aws:s3/bucket:Bucket", id: trail, names: [trail], tags }] : [];
};

/** Undefined for a bucket that was deleted, which stays listed for a while. */
async function tagsOf(client: S3Client, Bucket: string): Promise<Record<string, string> | undefined> {
  try {
    const { TagSet } = await client.send(new GetBucketTaggingCommand({ Bucket }));
    return tagRecord(TagSet);
  } catch (error) {
    if (error instanceof Error && error.name === "NoSuchTagSet") return {};
    if (error instanceof Error && error.name === "NoSuchBucket") return undefined;
    throw error;
  }
}
