import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { denyOtherAccounts, denyPlainText, policyDocument } from "../../lib/iam";
import { administration } from "../../lib/kms";
import { lockBucket } from "../../lib/locked-bucket";
import { stateBucketArn, stateBucketName, stateKeyAlias, type Account } from "./names";
import { stageContext } from "./policies/state";

/** Days that the versions of a state before the current one are kept. */
const oldVersionDays = 90;

/**
 * Where Pulumi keeps the state of every stack: a bucket and the key for it, which also encrypts the secrets in the state. Pulumi locks a stack by an object beside its
 * state. What is lost here can't be had again, so that both are protected against a destroy (FSBP S3.2, S3.3, S3.5, S3.8; Security Hub S3.17, KMS.4).
 */
export class StateStore extends pulumi.ComponentResource {
  readonly bucketName: pulumi.Output<string>;
  readonly keyArn: pulumi.Output<string>;

  constructor(
    name: string,
    private readonly account: Account,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("tap:delivery:StateStore", name, {}, opts);

    const key = this.createKey();
    const bucket = this.createBucket();
    this.lock(bucket, key);
    this.bucketName = bucket.bucket;
    this.keyArn = key.arn;

    this.registerOutputs({ bucketName: this.bucketName, keyArn: this.keyArn });
  }

  private createKey() {
    const key = new aws.kms.Key(
      "state",
      {
        description: "State of Pulumi's stacks and the secrets in it",
        policy: stateKeyPolicy(this.account),
        enableKeyRotation: true,
        rotationPeriodInDays: 365,
        deletionWindowInDays: 30,
      },
      { parent: this, protect: true },
    );
    new aws.kms.Alias("state", { name: stateKeyAlias, targetKeyId: key.id }, { parent: this });
    return key;
  }

  private createBucket() {
    return new aws.s3.Bucket("state", { bucket: stateBucketName(this.account) }, { parent: this, protect: true });
  }

  private lock(bucket: aws.s3.Bucket, key: aws.kms.Key) {
    const publicAccess = lockBucket(this, "state", {
      bucket,
      keyArn: key.arn,
      lifecycle: {
        id: "old-versions",
        noncurrentVersionExpiration: { noncurrentDays: oldVersionDays },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
      },
    });
    new aws.s3.BucketPolicy(
      "state",
      { bucket: bucket.id, policy: bucket.arn.apply((arn) => stateBucketPolicy(arn, this.account.accountId)) },
      // S3 refuses two changes of a bucket's access at once.
      { parent: this, dependsOn: publicAccess },
    );
  }
}

/** Refuses plain-text transport and every principal outside the account (S3 user guide, "Security best practices"). */
export function stateBucketPolicy(bucketArn: string, accountId: string): string {
  const bucket = [bucketArn, `${bucketArn}/*`];
  return policyDocument([
    denyPlainText("DenyWithoutTls", "s3:*", bucket),
    denyOtherAccounts(accountId, "s3:*", bucket),
  ]);
}

/**
 * Management by whom IAM allows; use by whom IAM allows, for the bucket's objects through S3, and directly only for what says which stage it is for.
 */
export function stateKeyPolicy(account: Account): string {
  const { partition, accountId, region } = account;
  const Principal = { AWS: `arn:${partition}:iam::${accountId}:root` };
  const stageOfContext = `kms:EncryptionContext:${stageContext}`;
  return policyDocument([
    administration(account),
    {
      Sid: "ObjectsOfTheBucket",
      Effect: "Allow",
      Principal,
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: "*",
      Condition: {
        StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com`, "kms:CallerAccount": accountId },
        // With a bucket key, the bucket is what the context says.
        ArnLike: { "kms:EncryptionContext:aws:s3:arn": stateBucketArn(account) },
      },
    },
    {
      Sid: "SecretsOfStages",
      Effect: "Allow",
      Principal,
      Action: ["kms:Decrypt", "kms:Encrypt"],
      Resource: "*",
      Condition: { Null: { [stageOfContext]: "false" } },
    },
  ]);
}
