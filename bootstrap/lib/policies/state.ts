import { type Input } from "@pulumi/pulumi";
import { type StatementArgs } from "../../../lib/iam";
import { stateBucketArn } from "../names";
import { type Stage } from "../stages";
import { type Scope } from "./scope";

/** Key of the encryption context that ties what is encrypted for a stage to it; `context_stage` in a secrets provider's URL. */
export const stageContext = "stage";

/** The Pulumi project of the platform. */
const project = "tap";

/** Objects in which Pulumi keeps a stack's state (Pulumi's documentation, "Using a DIY backend"). */
const stateKeys = (stack: string) => [`.pulumi/stacks/${project}/${stack}.*`];

/** What Pulumi keeps of a stack beside its state: what it was before, and the locks that keep two engines apart. */
const recordKeys = (stack: string) =>
  ["history", "backups", "locks/organization"].map((kind) => `.pulumi/${kind}/${project}/${stack}/*`);

/** Reads the state of a stage's stacks, which are named like their suffixes, without locking it. */
export function readStateStatements(stage: Stage, scope: Scope, keyArn: Input<string>): StatementArgs[] {
  const { environmentSuffix: stack, region } = scope;
  const bucketArn = stateBucketArn(scope);
  return [
    {
      Sid: "ListState",
      Effect: "Allow",
      Action: "s3:ListBucket",
      Resource: bucketArn,
      // S3 says 404 for an object only to who may list, without a prefix; to others 403, where Pulumi gives up (S3 API reference, "HeadObject"). Names are no secret.
      Condition: {
        StringLikeIfExists: {
          "s3:prefix": [
            ".pulumi/stacks/",
            `.pulumi/stacks/${project}/${stack}`,
            ...stateKeys(stack),
            ...recordKeys(stack),
          ],
        },
      },
    },
    {
      Sid: "ReadState",
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: [".pulumi/meta.yaml", ...stateKeys(stack)].map((key) => `${bucketArn}/${key}`),
    },
    {
      Sid: "DecryptObjects",
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: keyArn,
      Condition: { StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` } },
    },
    {
      Sid: "SecretsOfStage",
      Effect: "Allow",
      // Pulumi makes a new data key where it finds none in the stack's file, in a preview, too.
      Action: ["kms:Decrypt", "kms:Encrypt"],
      Resource: keyArn,
      Condition: { StringEquals: { [`kms:EncryptionContext:${stageContext}`]: stage } },
    },
  ];
}

/** Reads and writes that state, under locks. */
export function stateStatements(stage: Stage, scope: Scope, keyArn: Input<string>): StatementArgs[] {
  const { environmentSuffix: stack, region } = scope;
  const bucketArn = stateBucketArn(scope);
  return [
    ...readStateStatements(stage, scope, keyArn),
    {
      Sid: "WriteState",
      Effect: "Allow",
      Action: ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
      Resource: [...stateKeys(stack), ...recordKeys(stack)].map((key) => `${bucketArn}/${key}`),
    },
    {
      Sid: "EncryptObjects",
      Effect: "Allow",
      Action: "kms:GenerateDataKey",
      Resource: keyArn,
      Condition: { StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` } },
    },
  ];
}
