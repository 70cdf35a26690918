import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface LockedBucketArgs {
  bucket: aws.s3.Bucket;
  /** Key for every object. */
  keyArn: pulumi.Input<string>;
  /** What becomes of objects and of their versions with time. */
  lifecycle: Omit<aws.types.input.s3.BucketLifecycleConfigurationRule, "status" | "filter">;
}

/**
 * Shuts a bucket as siblings of it: no public access, no ACLs, encrypted under a key, versions kept (FSBP S3.8, S3.12; Security Hub S3.14, S3.17).
 * Returns what shuts out the public. The bucket's policy is its owner's.
 */
export function lockBucket(
  parent: pulumi.Resource,
  name: string,
  { bucket, keyArn, lifecycle }: LockedBucketArgs,
): aws.s3.BucketPublicAccessBlock {
  new aws.s3.BucketOwnershipControls(
    name,
    { bucket: bucket.id, rule: { objectOwnership: "BucketOwnerEnforced" } },
    { parent },
  );
  new aws.s3.BucketServerSideEncryptionConfiguration(
    name,
    {
      bucket: bucket.id,
      rules: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn },
          bucketKeyEnabled: true,
        },
      ],
    },
    { parent },
  );
  const versioning = new aws.s3.BucketVersioning(
    name,
    { bucket: bucket.id, versioningConfiguration: { status: "Enabled" } },
    { parent },
  );
  new aws.s3.BucketLifecycleConfiguration(
    name,
    { bucket: bucket.id, rules: [{ ...lifecycle, status: "Enabled", filter: { prefix: "" } }] },
    { parent, dependsOn: versioning },
  );
  return new aws.s3.BucketPublicAccessBlock(
    name,
    {
      bucket: bucket.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    { parent },
  );
}
