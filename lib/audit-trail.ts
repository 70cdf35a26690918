import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type DataLossGuard } from "./data-loss";
import { regionalArn, type Environment } from "./environment";
import { createServiceRole, denyPlainText, policyDocument, resolveStatements, type Statement } from "./iam";
import { administration, createKey, useThrough } from "./kms";
import { lockBucket } from "./locked-bucket";
import { createLogGroup, type LogGroupsArgs } from "./log-groups";
import { functionTypes, globalName, resourceName, type ResourceType } from "./naming";

export interface AuditTrailArgs {
  environment: Environment;
  /** Days for which the bucket keeps the trail. 45 CFR 164.316(b)(2) asks for six years. */
  retentionInDays: number;
  /** For the trail's log group, from which alarms are made. */
  logs: LogGroupsArgs;
  dataLoss: DataLossGuard;
}

/** Days for which a changed or deleted file can be brought back. */
const noncurrentDays = 30;

/**
 * Who called AWS's APIs in the account, and the environment's functions: a trail of all regions with validated files in an encrypted bucket that only CloudTrail writes to
 * (45 CFR 164.312(b), 164.308(a)(1)(ii)(D); FSBP CloudTrail.1, .2, .4, .5, S3.5, S3.8, S3.12, S3.13; Security Hub S3.14, S3.17). The bucket goes with the environment: what must
 * outlive it belongs into a trail of the organization.
 */
export class AuditTrail extends pulumi.ComponentResource {
  readonly bucketName: pulumi.Output<string>;
  readonly logGroupName: pulumi.Output<string>;

  constructor(
    name: string,
    private readonly args: AuditTrailArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("tap:operations:AuditTrail", name, {}, opts);

    const keyArn = this.createKey();
    const bucket = this.createBucket();
    const ready = [this.lock(bucket, keyArn), this.admitCloudTrail(bucket)];
    const logGroup = this.createLogGroup();
    this.createTrail(bucket, keyArn, logGroup, ready);
    this.bucketName = bucket.bucket;
    this.logGroupName = logGroup.name;

    this.registerOutputs({ bucketName: this.bucketName, logGroupName: this.logGroupName });
  }

  private createKey() {
    const { environment, dataLoss } = this.args;
    const description = "Trail of the calls of AWS's APIs";
    const policy = trailKeyPolicy(environment);
    return createKey(this, "trail", { environment, type: "kms-trail", description, policy, tags: {}, dataLoss });
  }

  private createBucket() {
    const { environment, dataLoss } = this.args;
    const name = globalName("audit-trail", environment);
    return new aws.s3.Bucket(
      "trail",
      { bucket: name, forceDestroy: true },
      { parent: this, ...dataLoss.optionsFor("trail", name) },
    );
  }

  private lock(bucket: aws.s3.Bucket, keyArn: pulumi.Output<string>) {
    return lockBucket(this, "trail", {
      bucket,
      keyArn,
      lifecycle: {
        id: "retention",
        expiration: { days: this.args.retentionInDays },
        noncurrentVersionExpiration: { noncurrentDays },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
      },
    });
  }

  private admitCloudTrail(bucket: aws.s3.Bucket) {
    const { environment } = this.args;
    return new aws.s3.BucketPolicy(
      "trail",
      { bucket: bucket.id, policy: bucket.arn.apply((arn) => trailBucketPolicy(environment, arn)) },
      { parent: this },
    );
  }

  private createLogGroup() {
    return createLogGroup(this, "trail", this.name("cloudtrail"), this.args.logs);
  }

  private createTrail(
    bucket: aws.s3.Bucket,
    kmsKeyId: pulumi.Output<string>,
    logGroup: aws.cloudwatch.LogGroup,
    ready: pulumi.Resource[],
  ) {
    const { environment } = this.args;
    const role = createServiceRole(this, "trail-delivery", {
      environment,
      type: "trail-delivery",
      trust: trailTrust,
      statements: resolveStatements([
        {
          Sid: "WriteLog",
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
          Resource: pulumi.interpolate`${logGroup.arn}:log-stream:${environment.accountId}_CloudTrail_*`,
        },
      ]),
    });
    new aws.cloudtrail.Trail(
      "trail",
      {
        name: this.name("trail"),
        s3BucketName: bucket.id,
        kmsKeyId,
        enableLogFileValidation: true,
        includeGlobalServiceEvents: true,
        // IAM's events are in us-east-1, wherever the environment is (CloudTrail user guide, "About global service events").
        isMultiRegionTrail: true,
        cloudWatchLogsGroupArn: pulumi.interpolate`${logGroup.arn}:*`,
        cloudWatchLogsRoleArn: role.arn,
        advancedEventSelectors: eventSelectors(environment),
      },
      { parent: this, dependsOn: [...ready, role.ready] },
    );
  }

  private name(type: ResourceType) {
    return resourceName(type, this.args.environment.environmentSuffix);
  }
}

/** All management events, and each invocation of a function of this environment (CloudTrail user guide, "Logging data events"). */
export function eventSelectors(environment: Environment) {
  const { environmentSuffix } = environment;
  const functionArns = functionTypes.map((type) =>
    regionalArn(environment, "lambda", `function:${resourceName(type, environmentSuffix)}`),
  );
  return [
    { name: "Management events", fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }] },
    {
      name: "Invocations of functions",
      fieldSelectors: [
        { field: "eventCategory", equals: ["Data"] },
        { field: "resources.type", equals: ["AWS::Lambda::Function"] },
        { field: "resources.ARN", equals: functionArns },
      ],
    },
  ];
}

/** The trail's own key: CloudTrail encrypts for this trail only; who reads the bucket decrypts through S3 (CloudTrail user guide, "Configure AWS KMS key policies for CloudTrail"). */
export function trailKeyPolicy(environment: Environment): string {
  return policyDocument([
    administration(environment),
    {
      Sid: "EncryptTrail",
      Effect: "Allow",
      Principal: { Service: "cloudtrail.amazonaws.com" },
      // Decrypt for the bucket's own key, which S3 derives from this one.
      Action: ["kms:GenerateDataKey", "kms:Decrypt", "kms:DescribeKey"],
      Resource: "*",
      Condition: fromTrail(environment),
    },
    ...useThrough(environment, ["s3"]),
  ]);
}

/** CloudTrail writes this trail's files, over TLS; nobody else writes anything (CloudTrail user guide, "Amazon S3 bucket policy for CloudTrail"). */
export function trailBucketPolicy(environment: Environment, bucketArn: string): string {
  const service: Pick<Statement, "Effect" | "Principal"> = {
    Effect: "Allow",
    Principal: { Service: "cloudtrail.amazonaws.com" },
  };
  const fromThisTrail = fromTrail(environment);
  return policyDocument([
    {
      Sid: "CheckBucket",
      ...service,
      Action: "s3:GetBucketAcl",
      Resource: bucketArn,
      Condition: fromThisTrail,
    },
    {
      Sid: "WriteTrail",
      ...service,
      Action: "s3:PutObject",
      Resource: `${bucketArn}/AWSLogs/${environment.accountId}/*`,
      Condition: {
        StringEquals: { ...fromThisTrail.StringEquals, "s3:x-amz-acl": "bucket-owner-full-control" },
      },
    },
    denyPlainText("RefusePlainText", "s3:*", [bucketArn, `${bucketArn}/*`]),
  ]);
}

/** CloudTrail does not say for which trail it acts; whoever makes one passes the role, which must be of the account (CloudTrail user guide, "Role policy document for CloudTrail to use CloudWatch Logs for monitoring"). */
const trailTrust = policyDocument([
  { Effect: "Allow", Principal: { Service: "cloudtrail.amazonaws.com" }, Action: "sts:AssumeRole" },
]);

function fromTrail(environment: Environment) {
  return { StringEquals: { "aws:SourceArn": trailArn(environment) } };
}

function trailArn(environment: Environment): string {
  return regionalArn(environment, "cloudtrail", `trail/${resourceName("trail", environment.environmentSuffix)}`);
}
