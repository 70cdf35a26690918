import { AuditTrail, eventSelectors, trailBucketPolicy, trailKeyPolicy } from "../../lib/audit-trail";
import { dataLoss, environment, logs, roleOf, statements } from "./fixtures";
import { counts, only, record, type Recorded } from "./recorder";

const trailArn = "arn:aws:cloudtrail:eu-west-1:123456789012:trail/trail-pr-7";
const fromTrail = { StringEquals: { "aws:SourceArn": trailArn } };
const cloudTrail = { Service: "cloudtrail.amazonaws.com" };

describe("AuditTrail", () => {
  let recorded: Recorded[];
  beforeAll(async () => {
    recorded = await record(
      () => new AuditTrail("audit-trail", { environment, retentionInDays: 2192, logs, dataLoss }),
    );
  });

  it("is a trail with its key, its locked-down bucket, its log group and the role that writes there", () => {
    expect(counts(recorded)).toEqual({
      "aws:cloudtrail/trail:Trail": 1,
      "aws:cloudwatch/logGroup:LogGroup": 1,
      "aws:iam/policy:Policy": 1,
      "aws:iam/role:Role": 1,
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment": 1,
      "aws:kms/alias:Alias": 1,
      "aws:kms/key:Key": 1,
      "aws:s3/bucket:Bucket": 1,
      "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": 1,
      "aws:s3/bucketOwnershipControls:BucketOwnershipControls": 1,
      "aws:s3/bucketPolicy:BucketPolicy": 1,
      "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": 1,
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": 1,
      "aws:s3/bucketVersioning:BucketVersioning": 1,
    });
  });

  it("keeps validated, encrypted files of management events and of invocations", () => {
    const trail = only(recorded, "aws:cloudtrail/trail:Trail");
    expect(trail.inputs).toEqual({
      name: "trail-pr-7",
      s3BucketName: "Bucket-trail",
      kmsKeyId: "arn:Key-trail",
      enableLogFileValidation: true,
      includeGlobalServiceEvents: true,
      isMultiRegionTrail: true,
      cloudWatchLogsGroupArn: "arn:LogGroup-trail:*",
      cloudWatchLogsRoleArn: "arn:Role-trail-delivery",
      advancedEventSelectors: eventSelectors(environment),
    });
    expect(trail.dependsOn).toEqual([
      "BucketPolicy trail",
      "BucketPublicAccessBlock trail",
      "RolePolicyAttachment trail-delivery",
    ]);
    expect(eventSelectors(environment)).toEqual([
      { name: "Management events", fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }] },
      {
        name: "Invocations of functions",
        fieldSelectors: [
          { field: "eventCategory", equals: ["Data"] },
          { field: "resources.type", equals: ["AWS::Lambda::Function"] },
          {
            field: "resources.ARN",
            equals: [
              "records-service",
              "records-operations",
              "schema-migration",
              "database-rotation",
              "redis-rotation",
            ].map((name) => `arn:aws:lambda:eu-west-1:123456789012:function:${name}-pr-7`),
          },
        ],
      },
    ]);
  });

  it("keeps them in a bucket that nobody outside can see, and that goes with the environment", () => {
    const bucket = "Bucket-trail";
    expect(only(recorded, "aws:s3/bucket:Bucket").inputs).toEqual({
      bucket: "audit-trail-pr-7-123456789012",
      forceDestroy: true,
    });
    expect(only(recorded, "aws:s3/bucketOwnershipControls:BucketOwnershipControls").inputs).toEqual({
      bucket,
      rule: { objectOwnership: "BucketOwnerEnforced" },
    });
    expect(only(recorded, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").inputs).toEqual({
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    expect(
      only(recorded, "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration").inputs,
    ).toEqual({
      bucket,
      rules: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: "arn:Key-trail" },
          bucketKeyEnabled: true,
        },
      ],
    });
    expect(only(recorded, "aws:s3/bucketVersioning:BucketVersioning").inputs).toEqual({
      bucket,
      versioningConfiguration: { status: "Enabled" },
    });
    const lifecycle = only(recorded, "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration");
    expect(lifecycle.dependsOn).toEqual(["BucketVersioning trail"]);
    expect(lifecycle.inputs).toEqual({
      bucket,
      rules: [
        {
          id: "retention",
          status: "Enabled",
          filter: { prefix: "" },
          expiration: { days: 2192 },
          noncurrentVersionExpiration: { noncurrentDays: 30 },
          abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
        },
      ],
    });
  });

  it("lets CloudTrail alone write there, for this trail and over TLS", () => {
    expect(only(recorded, "aws:s3/bucketPolicy:BucketPolicy").inputs).toEqual({
      bucket: "Bucket-trail",
      policy: trailBucketPolicy(environment, "arn:Bucket-trail"),
    });
    expect(statements(trailBucketPolicy(environment, "arn:bucket"))).toEqual([
      {
        Sid: "CheckBucket",
        Effect: "Allow",
        Principal: cloudTrail,
        Action: "s3:GetBucketAcl",
        Resource: "arn:bucket",
        Condition: fromTrail,
      },
      {
        Sid: "WriteTrail",
        Effect: "Allow",
        Principal: cloudTrail,
        Action: "s3:PutObject",
        Resource: "arn:bucket/AWSLogs/123456789012/*",
        Condition: { StringEquals: { "aws:SourceArn": trailArn, "s3:x-amz-acl": "bucket-owner-full-control" } },
      },
      {
        Sid: "RefusePlainText",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: ["arn:bucket", "arn:bucket/*"],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
  });

  it("encrypts for this trail only, and lets readers decrypt it", () => {
    const { policy, ...inputs } = only(recorded, "aws:kms/key:Key").inputs;
    expect(inputs).toEqual({
      description: "Trail of the calls of AWS's APIs (kms-trail-pr-7)",
      enableKeyRotation: true,
      rotationPeriodInDays: 365,
      deletionWindowInDays: 7,
      tags: { Name: "kms-trail-pr-7" },
    });
    expect(only(recorded, "aws:kms/alias:Alias").inputs).toEqual({
      name: "alias/kms-trail-pr-7",
      targetKeyId: "Key-trail",
    });
    expect(policy).toBe(trailKeyPolicy(environment));
    const [administration, encrypt, use, grants, ...others] = statements(policy);
    expect(administration?.Sid).toBe("Administration");
    expect(encrypt).toEqual({
      Sid: "EncryptTrail",
      Effect: "Allow",
      Principal: cloudTrail,
      Action: ["kms:GenerateDataKey", "kms:Decrypt", "kms:DescribeKey"],
      Resource: "*",
      Condition: fromTrail,
    });
    const throughS3 = { "kms:CallerAccount": "123456789012", "kms:ViaService": ["s3.eu-west-1.amazonaws.com"] };
    expect([use?.Condition?.StringEquals, grants?.Condition?.StringEquals]).toEqual([throughS3, throughS3]);
    expect(others).toEqual([]);
  });

  it("writes to its log group in the name of a role that CloudTrail assumes", () => {
    expect(only(recorded, "aws:cloudwatch/logGroup:LogGroup").inputs).toEqual({
      name: "cloudtrail-pr-7",
      kmsKeyId: "arn:logs-key",
      retentionInDays: 30,
    });
    expect(roleOf(recorded, "trail-delivery")).toEqual({
      trust: [{ Effect: "Allow", Principal: cloudTrail, Action: "sts:AssumeRole" }],
      allowed: [
        {
          Sid: "WriteLog",
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
          Resource: "arn:LogGroup-trail:log-stream:123456789012_CloudTrail_*",
        },
      ],
    });
  });

  it("tells where its files and events are", () => {
    expect(only(recorded, "tap:operations:AuditTrail").outputs).toEqual({
      bucketName: "audit-trail-pr-7-123456789012",
      logGroupName: "cloudtrail-pr-7",
    });
  });
});
