import { GetBucketTaggingCommand, paginateListBuckets, S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import type { ResourceType } from "../../lib/naming";
import { type ClientConfig, collect, type Inventory, tagRecord } from "./inventory";

/** No name server knows a bucket's own host in the local cloud. */
export const s3Client = (config: ClientConfig) => new S3Client({ ...config, forcePathStyle: true });

const trailPrefix = "audit-trail-" satisfies `${ResourceType}-`;

export const s3: Inventory = async (config) => {
  const client = s3Client(config);
  const buckets = await collect(
    paginateListBuckets({ client }, { BucketRegion: config.region }),
    (page) => page.Buckets,
  );
  // Only the trail's can be ours. Other people's may have policies that let nobody ask for their tags.
  const named = buckets.filter(({ Name }) => Name?.startsWith(trailPrefix));
  return Promise.all(
    named.map(async ({ Name = "" }) => ({
      type: "aws:s3/bucket:Bucket" as const,
      id: Name,
      names: [Name],
      tags: await tagsOf(client, Name),
    })),
  );
};

async function tagsOf(client: S3Client, Bucket: string): Promise<Record<string, string>> {
  try {
    const { TagSet } = await client.send(new GetBucketTaggingCommand({ Bucket }));
    return tagRecord(TagSet);
  } catch (error) {
    if (error instanceof S3ServiceException && error.name === "NoSuchTagSet") return {};
    throw error;
  }
}
