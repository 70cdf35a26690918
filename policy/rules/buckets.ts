import { all, hasCompanion, is } from "../expectations";
import { allowed, hasCondition, policyStatements, refusesPlainText } from "../policy-document";
import type { Rule } from "../rule";
import { referrers } from "../stack";
import { at, isGiven, list, show } from "../values";

const bucket = "aws:s3/bucket:Bucket";
const bucketPolicy = "aws:s3/bucketPolicy:BucketPolicy";
const encryption = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
const lifecycle = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const ownership = "aws:s3/bucketOwnershipControls:BucketOwnershipControls";
const publicAccessBlock = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const versioning = "aws:s3/bucketVersioning:BucketVersioning";

/** What stands beside each bucket. */
const companions = [bucketPolicy, encryption, lifecycle, ownership, publicAccessBlock, versioning];

export const bucketRules: Rule[] = [
  {
    name: "bucket-complete",
    description: "Every bucket has a policy, encryption, a lifecycle, an owner, no public access, and versions.",
    controls: ["45 CFR 164.312(a)(1)"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Shut the bucket with lockBucket, and give it a BucketPolicy.",
    types: [bucket],
    scope: "stack",
    check: (resource, stack) => companions.flatMap((type) => hasCompanion(type, "bucket")(resource, stack)),
  },
  {
    name: "bucket-private",
    description: "Buckets cannot be made public.",
    controls: ["45 CFR 164.312(a)(1)", "FSBP S3.2", "FSBP S3.3", "FSBP S3.8"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Set blockPublicAcls, blockPublicPolicy, ignorePublicAcls and restrictPublicBuckets to true.",
    types: [publicAccessBlock],
    scope: "resource",
    check: all(
      is("blockPublicAcls", true),
      is("blockPublicPolicy", true),
      is("ignorePublicAcls", true),
      is("restrictPublicBuckets", true),
    ),
  },
  {
    name: "bucket-without-acls",
    description: "Access to buckets is by policies only.",
    controls: ["45 CFR 164.308(a)(4)(ii)(B)", "FSBP S3.12"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set rule.objectOwnership to BucketOwnerEnforced.",
    types: [ownership],
    scope: "resource",
    check: is("rule.objectOwnership", "BucketOwnerEnforced"),
  },
  {
    name: "bucket-policy-closed",
    description: "Policies of buckets admit AWS's services for a named source only, and refuse plain-text transport.",
    controls: ["45 CFR 164.312(a)(1)", "45 CFR 164.312(e)(1)", "FSBP S3.5", "FSBP S3.6"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Allow services with the condition aws:SourceArn, and deny everybody where aws:SecureTransport is false.",
    types: [bucketPolicy],
    scope: "resource",
    check: ({ inputs }) => [
      ...allowed(inputs.policy)
        .filter(
          (statement) =>
            !hasCondition(statement, "aws:SourceArn") ||
            statement.principals.some((principal) => !principal.startsWith("Service ")),
        )
        .map(({ principals }) => `allows ${principals.join(", ")}`),
      ...(policyStatements(inputs.policy).some((statement) => refusesPlainText(statement, "s3:*"))
        ? []
        : ["does not deny requests without TLS"]),
    ],
  },
  {
    name: "bucket-encrypted",
    description: "Objects are encrypted with a customer-managed key.",
    controls: ["45 CFR 164.312(a)(2)(iv)", "Security Hub S3.17"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set sseAlgorithm to aws:kms and kmsMasterKeyId to the bucket's key.",
    types: [encryption],
    scope: "resource",
    check: ({ inputs }) => {
      const defaults = list(inputs.rules).map((rule) => at(rule, "applyServerSideEncryptionByDefault"));
      return [
        ...(defaults.length > 0 ? [] : ["rules are empty; they must encrypt"]),
        ...defaults
          .filter((byDefault) => at(byDefault, "sseAlgorithm") !== "aws:kms" || !isGiven(byDefault, "kmsMasterKeyId"))
          .map((byDefault) => `sseAlgorithm is ${show(at(byDefault, "sseAlgorithm"))}; it must be aws:kms, with a key`),
      ];
    },
  },
  {
    name: "bucket-versioned",
    description: "Changed and deleted objects can be brought back for a time.",
    controls: ["45 CFR 164.312(c)(1)", "Security Hub S3.14"],
    severity: "low",
    enforcement: "mandatory",
    remedy: "Set versioningConfiguration.status to Enabled.",
    types: [versioning],
    scope: "resource",
    check: is("versioningConfiguration.status", "Enabled"),
  },
  {
    name: "bucket-expires",
    description: "Objects are kept for a time that somebody has set, and their old versions, too.",
    controls: ["45 CFR 164.310(d)(2)(i)", "FSBP S3.13"],
    severity: "low",
    enforcement: "mandatory",
    remedy: "Enable a rule with expiration.days and noncurrentVersionExpiration.noncurrentDays.",
    types: [lifecycle],
    scope: "resource",
    check: ({ inputs }) => (list(inputs.rules).some(expires) ? [] : ["no enabled rule expires objects and versions"]),
  },
  {
    name: "bucket-access-logged",
    description: "S3 logs each request to a bucket.",
    controls: ["45 CFR 164.312(b)", "FSBP S3.9"],
    severity: "medium",
    enforcement: "advisory",
    remedy: "Add a BucketLogging for the bucket.",
    types: [bucket],
    scope: "stack",
    check: hasCompanion("aws:s3/bucketLogging:BucketLogging", "bucket"),
    exception: {
      reason:
        "A trail's bucket. Who reads from it uses its key, which is an event of the trail, one for each reader at least, though not for each file; what is changed or deleted, the files' validation finds. A log of S3's would need another bucket, without one of its own, and S3 does not promise to deliver every line.",
      covers: (resource, stack) => referrers(stack, "aws:cloudtrail/trail:Trail", "s3BucketName", resource).length > 0,
    },
  },
];

function expires(rule: unknown): boolean {
  return (
    at(rule, "status") === "Enabled" &&
    Number(at(rule, "expiration.days")) > 0 &&
    Number(at(rule, "noncurrentVersionExpiration.noncurrentDays")) > 0
  );
}
