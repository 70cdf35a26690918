import {
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  type ObjectIdentifier,
  type S3Client,
} from "@aws-sdk/client-s3";
import { s3Client } from "../leftovers/s3";
import type { Removals } from "./removal";

export const s3: Removals<"aws:s3/bucket:Bucket"> = (config) => {
  const client = s3Client(config);
  return {
    // AWS deletes a bucket only when no version of an object is left in it.
    "aws:s3/bucket:Bucket": async ({ id: Bucket }) => {
      for (
        let found = await someVersions(client, Bucket);
        found.length > 0;
        found = await someVersions(client, Bucket)
      ) {
        await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: found, Quiet: true } }));
      }
      return client.send(new DeleteBucketCommand({ Bucket }));
    },
  };
};

/** As many as one request may delete. */
async function someVersions(client: S3Client, Bucket: string): Promise<ObjectIdentifier[]> {
  const { Versions = [], DeleteMarkers = [] } = await client.send(new ListObjectVersionsCommand({ Bucket }));
  return [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
}
