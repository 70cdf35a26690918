import { GetEventSelectorsCommand, GetTrailCommand, GetTrailStatusCommand } from "@aws-sdk/client-cloudtrail";
import { GetKeyPolicyCommand, GetKeyRotationStatusCommand } from "@aws-sdk/client-kms";
import { GetRoleCommand } from "@aws-sdk/client-iam";
import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import { eventSelectors, trailBucketPolicy, trailKeyPolicy } from "../../lib/audit-trail";
import { findTrails } from "./lookups";
import {
  accountId,
  arnOf,
  aws,
  canonical,
  environmentSuffix,
  hasTrail,
  nameOf,
  only,
  outputs,
  parsePolicy,
  partition,
  present,
  region,
} from "./stack";

const environment = { environmentSuffix, region, accountId, partition };

if (hasTrail) describe("trail", testTrail);
else
  test("there is no trail, as the stack tells of none", async () => {
    expect(await findTrails()).toEqual([]);
  });

function testTrail() {
  const Name = arnOf("cloudtrail", `trail/${nameOf("trail")}`);
  const Bucket = outputs.auditTrailBucketName;
  let keyArn: string;

  beforeAll(async () => {
    keyArn = present(only(await findTrails(), "trail").KmsKeyId, "key of the trail");
  });

  test("is at work, with validated files, into its bucket and its log group", async () => {
    const { Trail } = await aws.cloudTrail.send(new GetTrailCommand({ Name }));
    const { Role } = await aws.iam.send(new GetRoleCommand({ RoleName: nameOf("trail-delivery") }));
    expect(Trail).toMatchObject({
      TrailARN: Name,
      S3BucketName: `${nameOf("audit-trail")}-${accountId}`,
      KmsKeyId: keyArn,
      LogFileValidationEnabled: true,
      IncludeGlobalServiceEvents: true,
      IsMultiRegionTrail: true,
      CloudWatchLogsLogGroupArn: `${arnOf("logs", `log-group:${nameOf("cloudtrail")}`)}:*`,
      CloudWatchLogsRoleArn: present(Role?.Arn, "ARN of the trail's role"),
    });
    expect(Trail?.S3BucketName).toBe(Bucket);
    expect(await aws.cloudTrail.send(new GetTrailStatusCommand({ Name }))).toMatchObject({ IsLogging: true });
  });

  test("takes in every management event, and each invocation of a function of this environment", async () => {
    const { AdvancedEventSelectors = [] } = await aws.cloudTrail.send(
      new GetEventSelectorsCommand({ TrailName: Name }),
    );
    const selected = AdvancedEventSelectors.map(({ Name: name, FieldSelectors = [] }) => [
      name,
      Object.fromEntries(FieldSelectors.map(({ Field = "", Equals }) => [Field, Equals])),
    ]);
    expect(selected).toEqual(
      eventSelectors(environment).map(({ name, fieldSelectors }) => [
        name,
        Object.fromEntries(fieldSelectors.map(({ field, equals }) => [field, equals])),
      ]),
    );
  });

  test("encrypts with a key of its own, which rotates every year", async () => {
    expect(Object.values(outputs.kmsKeyArns)).not.toContain(keyArn);
    const { Policy } = await aws.kms.send(new GetKeyPolicyCommand({ KeyId: keyArn, PolicyName: "default" }));
    expect(canonical(parsePolicy(Policy))).toEqual(canonical(parsePolicy(trailKeyPolicy(environment))));
    const rotation = await aws.kms.send(new GetKeyRotationStatusCommand({ KeyId: keyArn }));
    expect(rotation).toMatchObject({ KeyRotationEnabled: true, RotationPeriodInDays: 365 });
  });

  test("bucket admits nobody of the public, and nobody but the trail to write", async () => {
    const { PublicAccessBlockConfiguration } = await aws.s3.send(new GetPublicAccessBlockCommand({ Bucket }));
    expect(PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
    const { OwnershipControls } = await aws.s3.send(new GetBucketOwnershipControlsCommand({ Bucket }));
    expect(OwnershipControls).toEqual({ Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] });
    const { Policy } = await aws.s3.send(new GetBucketPolicyCommand({ Bucket }));
    const bucketArn = `arn:${partition}:s3:::${Bucket ?? ""}`;
    expect(canonical(parsePolicy(Policy))).toEqual(canonical(parsePolicy(trailBucketPolicy(environment, bucketArn))));
  });

  test("bucket encrypts under the trail's key, keeps versions, and expires after at least six years (45 CFR 164.316(b)(2))", async () => {
    const { ServerSideEncryptionConfiguration } = await aws.s3.send(new GetBucketEncryptionCommand({ Bucket }));
    // S3 adds which kinds of encryption it refuses.
    expect(ServerSideEncryptionConfiguration?.Rules).toMatchObject([
      {
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: keyArn },
        BucketKeyEnabled: true,
      },
    ]);
    expect(await aws.s3.send(new GetBucketVersioningCommand({ Bucket }))).toMatchObject({ Status: "Enabled" });
    const { Rules } = await aws.s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    expect(only(Rules, "rule")).toMatchObject({
      Status: "Enabled",
      NoncurrentVersionExpiration: { NoncurrentDays: 30 },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
    });
    expect(only(Rules, "rule").Expiration?.Days).toBeGreaterThanOrEqual(6 * 365);
  });

  test("bucket has the environment's tags", async () => {
    const { TagSet = [] } = await aws.s3.send(new GetBucketTaggingCommand({ Bucket }));
    expect(Object.fromEntries(TagSet.map(({ Key = "", Value }) => [Key, Value]))).toMatchObject({
      Environment: environmentSuffix,
      Project: "tap",
      ManagedBy: "pulumi",
    });
  });
}
