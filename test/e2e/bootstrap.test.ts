import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, openSync, readFileSync, symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import {
  GetPolicyVersionCommand,
  IAMClient,
  ListOpenIDConnectProvidersCommand,
  paginateListAttachedRolePolicies,
  paginateListPolicies,
  paginateListRoles,
} from "@aws-sdk/client-iam";
import { DescribeKeyCommand, GetKeyRotationStatusCommand, KMSClient } from "@aws-sdk/client-kms";
import {
  DeleteObjectsCommand,
  GetBucketEncryptionCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
} from "@aws-sdk/client-s3";
import type { Statement } from "../../lib/iam";
import { stateBucketPolicy } from "../../bootstrap/lib/state-store";
import { localAwsEnvironment } from "../../tools/aws-environment";
import { collect } from "../../tools/leftovers/inventory";
import { s3Client } from "../../tools/leftovers/s3";
import type { Operation } from "../../tools/operations/authorizations";
import { repository } from "../../tools/paths";
import { findPulumi } from "../../tools/pulumi-cli";
import { type Context, isAllowed } from "../unit/iam-simulator";
import { shellBlocks } from "../unit/shell-blocks";
import { Cloud } from "./cloud";
import { tracked } from "./progress";
import { minutes, step, stepFailed } from "./steps";

const accountId = "123456789012";
const Bucket = `tap-state-${accountId}-eu-west-1`;

/** What the guide has an administrator run, block by block. */
const [deploy = "", moveState = "", moveStateBack = "", destroy = ""] = shellBlocks(
  readFileSync(join(repository, "docs/bootstrap.md"), "utf8"),
)
  .filter(({ needsAws, commands }) => !needsAws && !commands.includes("npm run"))
  .map(({ commands }) => commands.replaceAll("YOUR-ORG/YOUR-REPOSITORY", "example/tap"));

let cloud: Cloud;
let stateKeyArn: string;
/** A copy of what the programs are made of, as they write their stacks' settings beside themselves. */
let copy: string;
let log: string;

beforeAll(async () => {
  cloud = await Cloud.start();
  copy = join(cloud.folder.root, "copy");
  log = join(cloud.folder.root, "bootstrap.log");
  const parts = [".github", "bootstrap", "index.ts", "lib", "Pulumi.yaml", "Pulumi.dev.yaml", "package.json"];
  for (const part of [...parts, "tsconfig.json", "tsconfig.run.json"]) {
    cpSync(join(repository, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(repository, "node_modules"), join(copy, "node_modules"));
}, minutes(5));

afterAll(async () => {
  await cloud.stopAfterTest({ failed: stepFailed() });
}, minutes(1));

/** Runs shell commands in the copy, as an administrator or a workflow does who knows the local AWS only. */
async function run(what: string, commands: string): Promise<void> {
  const cli = await findPulumi();
  const endpoint = cloud.config.endpoint ?? "";
  const output = openSync(log, "a");
  const shell = spawn("bash", ["-euo", "pipefail", "-c", commands], {
    cwd: copy,
    stdio: ["ignore", output, output],
    env: {
      ...localAwsEnvironment(endpoint),
      AWS_ACCOUNT_ID: accountId,
      AWS_REGION: "eu-west-1",
      HOME: cloud.folder.root,
      // As a proxy, the local AWS is asked for hosts that begin with a bucket's name.
      HTTP_PROXY: endpoint,
      PATH: isAbsolute(cli) ? `${dirname(cli)}:${process.env.PATH ?? ""}` : process.env.PATH,
      PULUMI_CREDENTIALS_PATH: cloud.folder.root,
      PULUMI_HOME: process.env.PULUMI_HOME ?? join(homedir(), ".pulumi"),
      PULUMI_SKIP_CONFIRMATIONS: "true",
      PULUMI_SKIP_UPDATE_CHECK: "true",
    },
  });
  const exit = once(shell, "exit") as Promise<[number | null]>;
  const [code] = await tracked(what, () => exit, log);
  if (code !== 0) throw new Error(`${what} ended with ${code}:\n${readFileSync(log, "utf8").slice(-4000)}`);
}

const inBootstrap = "cd bootstrap\n";
const localState = 'export PULUMI_BACKEND_URL="file://$HOME/tap-bootstrap" PULUMI_CONFIG_PASSPHRASE=\n';
const noChanges = "pulumi up --skip-preview --expect-no-changes\n";

step(
  "an administrator who follows the guide has it deployed, and its state in the bucket, without a change",
  async () => {
    await run("bootstrap", `npm() { :; }\n${deploy}${noChanges}${moveState}${noChanges}`);
  },
);

step("the bucket of the state is locked, and its key rotates", async () => {
  const s3 = s3Client(cloud.config);
  const [access, encryption, ownership, policy, versioning] = await Promise.all([
    s3.send(new GetPublicAccessBlockCommand({ Bucket })),
    s3.send(new GetBucketEncryptionCommand({ Bucket })),
    s3.send(new GetBucketOwnershipControlsCommand({ Bucket })),
    s3.send(new GetBucketPolicyCommand({ Bucket })),
    s3.send(new GetBucketVersioningCommand({ Bucket })),
  ]);
  expect(access.PublicAccessBlockConfiguration).toEqual({
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  });
  const kms = new KMSClient(cloud.config);
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: "alias/tap-state" }));
  stateKeyArn = KeyMetadata?.Arn ?? "";
  const { KeyRotationEnabled } = await kms.send(new GetKeyRotationStatusCommand({ KeyId: KeyMetadata?.KeyId }));
  expect(encryption.ServerSideEncryptionConfiguration?.Rules).toEqual([
    {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: stateKeyArn },
      BucketKeyEnabled: true,
    },
  ]);
  expect(KeyRotationEnabled).toBe(true);
  expect(ownership.OwnershipControls?.Rules).toEqual([{ ObjectOwnership: "BucketOwnerEnforced" }]);
  expect(versioning.Status).toBe("Enabled");
  expect(JSON.parse(policy.Policy ?? "")).toEqual(JSON.parse(stateBucketPolicy(`arn:aws:s3:::${Bucket}`, accountId)));
});

step("its roles trust this repository's runs only, each those of its own stage", async () => {
  const trust = (...subjects: string[]) => ({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: `arn:aws:iam::${accountId}:oidc-provider/token.actions.githubusercontent.com` },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": subjects.map((subject) => `repo:example/tap:${subject}`),
          },
        },
      },
    ],
  });
  const roles = await collect(paginateListRoles({ client: new IAMClient(cloud.config) }, {}), (page) => page.Roles);
  const trusts = roles.map(({ RoleName = "", AssumeRolePolicyDocument = "" }) => [
    RoleName,
    JSON.parse(decodeURIComponent(AssumeRolePolicyDocument)) as unknown,
  ]);
  expect(Object.fromEntries(trusts)).toEqual({
    "api-gateway-cloudwatch-logs": {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: "apigateway.amazonaws.com" }, Action: "sts:AssumeRole" }],
    },
    "tap-deploy-dev": trust("environment:dev"),
    "tap-deploy-prod": trust("environment:production"),
    "tap-deploy-pull-request": trust("pull_request", "ref:refs/heads/main"),
    "tap-preview": trust("pull_request"),
  });
});

step(
  "Pulumi keeps the state of a pull request's environment there, by what the deploy role may, until it is gone",
  async () => {
    const s3 = s3Client(cloud.config);
    const states = async () => {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: ".pulumi/stacks/tap/" }));
      return Contents.map(({ Key }) => Key);
    };
    const select = ".github/scripts/select-stack pr-7 pull-request\n";
    await run("pr-7: select", `${select}pulumi config set --stack pr-7 --secret tap:alarmEmails example\n${select}`);
    expect(await states()).toContain(".pulumi/stacks/tap/pr-7.json");
    await run("pr-7: destroy", ".github/scripts/destroy pr-7\n");
    // Pulumi keeps the last state of a stack that it removes.
    expect(await states()).toEqual([".pulumi/stacks/tap/pr-7.json.bak"]);

    const asked = askedOfState("pr-7", "pull-request");
    expect(asked.map(({ action }) => action)).toEqual(expect.arrayContaining(["kms:Encrypt", "s3:DeleteObject"]));
    const policies = await statementsOf("tap-deploy-pull-request");
    expect(asked.filter(({ action, resource, context }) => !isAllowed(policies, action, resource, context))).toEqual(
      [],
    );
  },
);

step("an administrator who follows the guide has it destroyed, but for what is documented to stay", async () => {
  await run("bootstrap: state out of the bucket", `${inBootstrap}${moveStateBack}`);
  await emptyBucket();
  await run("bootstrap: destroy", `${inBootstrap}${localState}${destroy}`);

  const [iam, kms] = [new IAMClient(cloud.config), new KMSClient(cloud.config)];
  const key = await kms.send(new DescribeKeyCommand({ KeyId: stateKeyArn }));
  const roles = await collect(paginateListRoles({ client: iam }, {}), (page) => page.Roles);
  expect({
    buckets: (await s3Client(cloud.config).send(new ListBucketsCommand({}))).Buckets,
    identityProviders: (await iam.send(new ListOpenIDConnectProvidersCommand({}))).OpenIDConnectProviderList,
    key: key.KeyMetadata?.KeyState,
    policies: await collect(paginateListPolicies({ client: iam }, { Scope: "Local" }), (page) => page.Policies),
    roles: roles.map(({ RoleName }) => RoleName),
  }).toEqual({
    buckets: [],
    identityProviders: [],
    key: "PendingDeletion",
    policies: [],
    roles: ["api-gateway-cloudwatch-logs"],
  });
});

async function emptyBucket(): Promise<void> {
  const s3 = s3Client(cloud.config);
  const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
  await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
}

/** What IAM is asked where Pulumi keeps the state of a stack, or encrypts for its stage; the local AWS has noted it. */
function askedOfState(stack: string, stage: string): { action: string; resource: string; context: Context }[] {
  const notes = readFileSync(join(cloud.folder.awsState, "operations.jsonl"), "utf8").trimEnd().split("\n");
  return notes
    .map((line) => JSON.parse(line) as Operation)
    .filter(({ caller }) => caller === "other")
    .flatMap(({ service, operation, parameters }) => {
      const { Key, Prefix, EncryptionContext } = parameters as Partial<Record<string, string>>;
      const bucket = `arn:aws:s3:::${Bucket}`;
      if (service === "kms" && JSON.stringify(EncryptionContext) === JSON.stringify({ stage })) {
        const context = { "kms:EncryptionContext:stage": stage };
        return [{ action: `kms:${operation}`, resource: stateKeyArn, context }];
      }
      if (Prefix?.includes(`/tap/${stack}`)) {
        return [{ action: "s3:ListBucket", resource: bucket, context: { "s3:prefix": Prefix } }];
      }
      if (!Key?.includes(`/tap/${stack}`)) return [];
      const action = { HeadObject: "s3:GetObject", CopyObject: "s3:PutObject" }[operation] ?? `s3:${operation}`;
      return [{ action, resource: `${bucket}/${Key}`, context: {} }];
    });
}

/** All that a role's policies say. */
async function statementsOf(RoleName: string): Promise<Statement[]> {
  const client = new IAMClient(cloud.config);
  const attached = await collect(
    paginateListAttachedRolePolicies({ client }, { RoleName }),
    (page) => page.AttachedPolicies,
  );
  const documents = await Promise.all(
    attached.map(async ({ PolicyArn }) => {
      const version = new GetPolicyVersionCommand({ PolicyArn, VersionId: "v1" });
      const { PolicyVersion } = await client.send(version);
      return JSON.parse(decodeURIComponent(PolicyVersion?.Document ?? "")) as { Statement: Statement[] };
    }),
  );
  return documents.flatMap(({ Statement }) => Statement);
}
