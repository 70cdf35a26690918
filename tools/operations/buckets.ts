import type { Parameters, Question } from "./authorizations";

/** Actions that are not called like their operations (Service authorization reference, "Amazon S3"). */
const actions: Record<string, string> = {
  DeleteBucketEncryption: "PutEncryptionConfiguration",
  DeleteBucketLifecycle: "PutLifecycleConfiguration",
  DeleteBucketOwnershipControls: "PutBucketOwnershipControls",
  DeletePublicAccessBlock: "PutBucketPublicAccessBlock",
  GetBucketAccelerateConfiguration: "GetAccelerateConfiguration",
  GetBucketCors: "GetBucketCORS",
  GetBucketEncryption: "GetEncryptionConfiguration",
  GetBucketLifecycleConfiguration: "GetLifecycleConfiguration",
  GetBucketReplication: "GetReplicationConfiguration",
  GetObjectLockConfiguration: "GetBucketObjectLockConfiguration",
  GetPublicAccessBlock: "GetBucketPublicAccessBlock",
  HeadBucket: "ListBucket",
  HeadObject: "GetObject",
  ListBuckets: "ListAllMyBuckets",
  ListObjectVersions: "ListBucketVersions",
  ListObjectsV2: "ListBucket",
  PutBucketEncryption: "PutEncryptionConfiguration",
  PutBucketLifecycleConfiguration: "PutLifecycleConfiguration",
  PutPublicAccessBlock: "PutBucketPublicAccessBlock",
};

/** By the method of S3 Control's one path for tags, `/v20180820/tags/<ARN>`. */
const tagActions: Record<string, string> = {
  DELETE: "UntagResource",
  GET: "ListTagsForResource",
  POST: "TagResource",
};

/** What IAM is asked for an operation of S3, or of S3 Control, whose requests are signed alike. */
export function bucketQuestions(operation: string, { Bucket, Key, ...rest }: Parameters, request: string): Question[] {
  const [, method = "", tagged] = /^(\w+) .*\/v20180820\/tags\/(.*)$/.exec(request) ?? [];
  if (tagged !== undefined) return [[decodeURIComponent(tagged), `action:s3:${tagActions[method] ?? method}`]];
  if (typeof Bucket !== "string") return [["*", `action:s3:${actions[operation] ?? operation}`]];
  const bucket = `arn:aws:s3:::${Bucket}`;
  if (operation === "DeleteObjects") {
    return ["DeleteObject", "DeleteObjectVersion"].map((action) => [`${bucket}/KEY`, `action:s3:${action}`]);
  }
  const tagging: Question[] =
    operation === "CreateBucket" && rest.CreateBucketConfiguration ? [[bucket, "action:s3:TagResource"]] : [];
  return [
    [typeof Key === "string" ? `${bucket}/KEY` : bucket, `action:s3:${actions[operation] ?? operation}`],
    ...tagging,
  ];
}
