import {
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { s3Client } from "../leftovers/s3";
import type { Removals } from "./removal";

export const s3: Removals<"aws:s3/bucket:Bucket"> = (config) => {
  const client = s3Client(config);
  return {
    "aws:s3/bucket:Bucket": async ({ id: Bucket }) => {
      while (await deletePage(client, Bucket));
      await client.send(new DeleteBucketCommand({ Bucket }));
    },
  };
};

/** Deletes the first thousand versions of objects, and marks of deleted ones, any of which keeps a bucket from being deleted. False if there was none. */
async function deletePage(client: S3Client, Bucket: string): Promise<boolean> {
  const { Versions = [], DeleteMarkers = [] } = await client.send(new ListObjectVersionsCommand({ Bucket }));
  const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
  if (Objects.length === 0) return false;
  const Delete = { Objects, Quiet: true };
  const { Errors: [refused] = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete }));
  if (refused) throw Object.assign(new Error(refused.Message), { name: refused.Code ?? "Unsuccessful" });
  return true;
}
