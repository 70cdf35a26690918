import { regionalArn } from "../../../lib/environment";
import { type Statement } from "../../../lib/iam";
import { made, namedArns, owned, retagged, tagged, type Scope } from "./scope";

/** The keys, by their tags, as KMS chooses their identifiers; used through the services that they are for, never directly. */
export function keyStatements(scope: Scope): Statement[] {
  const keys = regionalArn(scope, "kms", "key/*");
  const through = (services: string[]) => ({
    ...owned(scope),
    StringEquals: { "kms:ViaService": services.map((service) => `${service}.${scope.region}.amazonaws.com`) },
  });
  return [
    {
      Sid: "CreateKey",
      Effect: "Allow",
      // Concerns no key yet (Service authorization reference, "AWS Key Management Service").
      Action: "kms:CreateKey",
      Resource: "*",
      Condition: made(scope),
    },
    { Sid: "TagKey", Effect: "Allow", Action: "kms:TagResource", Resource: keys, Condition: tagged(scope) },
    {
      Sid: "ChangeKey",
      Effect: "Allow",
      Action: [
        "kms:CreateAlias",
        "kms:DeleteAlias",
        "kms:DescribeKey",
        "kms:DisableKeyRotation",
        "kms:EnableKeyRotation",
        "kms:GetKeyPolicy",
        "kms:GetKeyRotationStatus",
        "kms:ListResourceTags",
        "kms:PutKeyPolicy",
        "kms:ScheduleKeyDeletion",
        "kms:TagResource",
        "kms:UntagResource",
        "kms:UpdateAlias",
        "kms:UpdateKeyDescription",
      ],
      Resource: keys,
      Condition: retagged(scope),
    },
    {
      Sid: "Aliases",
      Effect: "Allow",
      Action: ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"],
      Resource: namedArns(scope, "kms", "alias/", "KMS alias"),
    },
    // KMS cannot narrow it (Service authorization reference, "AWS Key Management Service").
    { Sid: "ListAliases", Effect: "Allow", Action: "kms:ListAliases", Resource: "*" },
    {
      Sid: "UseForSecrets",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: keys,
      Condition: through(["secretsmanager", "rds"]),
    },
    {
      Sid: "GrantToDataStores",
      Effect: "Allow",
      // RDS and ElastiCache take their grants in the caller's name (KMS developer guide, "How AWS services use grants").
      Action: "kms:CreateGrant",
      Resource: keys,
      Condition: { ...through(["rds", "elasticache"]), Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
  ];
}
