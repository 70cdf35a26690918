import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RunError } from "@pulumi/pulumi";
import { load } from "js-yaml";
import { loadBootstrapConfig } from "../../bootstrap/lib/config";
import { workflowTrust } from "../../bootstrap/lib/github-identity";
import { stateBucketPolicy, stateKeyPolicy } from "../../bootstrap/lib/state-store";
import { repository as folder } from "../../tools/paths";
import { recordBootstrap, repository } from "./bootstrap-program";
import { statements } from "./fixtures";
import { accountId, freshAccount } from "./program";
import { all, counts, only, type Recorded } from "./recorder";

const account = { accountId, partition: "aws", region: "eu-west-1" };

describe("the bootstrap of an account", () => {
  let recorded: Recorded[];
  beforeAll(async () => {
    recorded = await recordBootstrap();
  });

  it("makes these and no others", () => {
    expect(counts(recorded)).toEqual({
      "aws:apigateway/account:Account": 1,
      "aws:iam/openIdConnectProvider:OpenIdConnectProvider": 1,
      "aws:iam/policy:Policy": 32,
      // Three that deploy, one that previews, API Gateway's.
      "aws:iam/role:Role": 5,
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment": 30,
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

  it("calls roles and policies in IAM by the names under which they are looked for", () => {
    const named = [...all(recorded, "aws:iam/role:Role"), ...all(recorded, "aws:iam/policy:Policy")].filter(
      ({ name }) => name !== "api-gateway-logs",
    );
    expect(named.length).toBeGreaterThan(30);
    expect(named.map(({ inputs }) => inputs.name)).toEqual(named.map(({ name }) => name));
  });

  it("gives every role exactly the policies of its name", () => {
    const attachments = all(recorded, "aws:iam/rolePolicyAttachment:RolePolicyAttachment").filter(
      ({ name }) => name !== "api-gateway-logs",
    );
    expect(attachments.length).toBe(29);
    for (const { name, inputs } of attachments) {
      expect(inputs).toEqual({ role: inputs.role, policyArn: `arn:Policy-${name}` });
      expect(name.startsWith(`${String(inputs.role)}-`)).toBe(true);
    }
  });

  it("tells where everything is, and nothing secret", () => {
    const { outputs, secretOutputs } = only(recorded, "pulumi:pulumi:Stack");
    expect(outputs).toEqual({
      backend: "s3://tap-state-123456789012-eu-west-1?region=eu-west-1",
      roleArns: {
        "pull-request": "arn:Role-tap-deploy-pull-request",
        dev: "arn:Role-tap-deploy-dev",
        prod: "arn:Role-tap-deploy-prod",
        preview: "arn:Role-tap-preview",
      },
      boundaryArns: {
        "pull-request": "arn:Policy-tap-boundary-pull-request",
        dev: "arn:Policy-tap-boundary-dev",
        prod: "arn:Policy-tap-boundary-prod",
      },
      variables: { AWS_ACCOUNT_ID: accountId, AWS_REGION: "eu-west-1" },
    });
    expect(secretOutputs).toEqual([]);
  });

  it("tags everything as no environment's, but what environments adopt", () => {
    expect(JSON.parse(only(recorded, "pulumi:providers:aws", "aws").inputs.defaultTags as string)).toEqual({
      tags: { Environment: "bootstrap", Project: "tap", ManagedBy: "pulumi" },
    });
    const untagged = recorded.filter(({ type, provider }) => type.startsWith("aws:") && provider !== "aws");
    expect(untagged.map(({ type }) => type)).toEqual([
      "aws:apigateway/account:Account",
      "aws:iam/role:Role",
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    ]);
  });

  it("adopts API Gateway's role where the account has it", async () => {
    const calls = {
      ...freshAccount,
      "aws:iam/getRole:getRole": () => ({ arn: "arn:existing", permissionsBoundary: "" }),
    };
    const role = only(await recordBootstrap({}, calls), "aws:iam/role:Role", "api-gateway-logs");
    expect(role.importId).toBe("api-gateway-cloudwatch-logs");
  });

  describe("keeps the state", () => {
    const bucket = "Bucket-state";

    it("in a bucket that only a deliberate act can destroy, as its key", () => {
      const { inputs, protect } = only(recorded, "aws:s3/bucket:Bucket");
      expect(inputs).toEqual({ bucket: "tap-state-123456789012-eu-west-1" });
      expect(protect).toBe(true);
      expect(recorded.filter((resource) => resource.protect).map(({ type }) => type)).toEqual([
        "aws:kms/key:Key",
        "aws:s3/bucket:Bucket",
      ]);
    });

    it("encrypted with a key of its own", () => {
      const { description, policy, ...key } = only(recorded, "aws:kms/key:Key").inputs;
      expect(key).toEqual({ enableKeyRotation: true, rotationPeriodInDays: 365, deletionWindowInDays: 30 });
      expect(description).toBe("State of Pulumi's stacks and the secrets in it");
      expect(policy).toBe(stateKeyPolicy(account));
      expect(only(recorded, "aws:kms/alias:Alias").inputs).toEqual({
        name: "alias/tap-state",
        targetKeyId: "Key-state",
      });
      expect(
        only(recorded, "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration").inputs,
      ).toEqual({
        bucket,
        rules: [
          {
            applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: "arn:Key-state" },
            bucketKeyEnabled: true,
          },
        ],
      });
    });

    it("in versions, the old ones for 90 days", () => {
      expect(only(recorded, "aws:s3/bucketVersioning:BucketVersioning").inputs).toEqual({
        bucket,
        versioningConfiguration: { status: "Enabled" },
      });
      const lifecycle = only(recorded, "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration");
      expect(lifecycle.inputs).toEqual({
        bucket,
        rules: [
          {
            id: "old-versions",
            status: "Enabled",
            filter: { prefix: "" },
            noncurrentVersionExpiration: { noncurrentDays: 90 },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
          },
        ],
      });
      expect(lifecycle.dependsOn).toEqual(["BucketVersioning state"]);
    });

    it("closed to everybody else, and to plain text", () => {
      expect(only(recorded, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").inputs).toEqual({
        bucket,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      });
      expect(only(recorded, "aws:s3/bucketOwnershipControls:BucketOwnershipControls").inputs).toEqual({
        bucket,
        rule: { objectOwnership: "BucketOwnerEnforced" },
      });
      expect(only(recorded, "aws:s3/bucketPolicy:BucketPolicy")).toMatchObject({
        inputs: { bucket, policy: stateBucketPolicy("arn:Bucket-state", accountId) },
        dependsOn: ["BucketPublicAccessBlock state"],
      });
      const everything = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: ["arn:b", "arn:b/*"] };
      expect(statements(stateBucketPolicy("arn:b", accountId))).toEqual([
        { Sid: "DenyWithoutTls", ...everything, Condition: { Bool: { "aws:SecureTransport": "false" } } },
        {
          Sid: "DenyOtherAccounts",
          ...everything,
          Condition: {
            StringNotEquals: { "aws:PrincipalAccount": accountId },
            Bool: { "aws:PrincipalIsAWSService": "false" },
          },
        },
      ]);
    });

    it("under a key that is used through the bucket, or for a named stage", () => {
      const [administration, ...uses] = statements(stateKeyPolicy(account));
      const Principal = { AWS: `arn:aws:iam::${accountId}:root` };
      expect(administration).toMatchObject({ Sid: "Administration", Effect: "Allow", Principal, Resource: "*" });
      expect((administration?.Action as string[]).filter((action) => /crypt|DataKey|Grant$/.test(action))).toEqual([
        "kms:RevokeGrant",
      ]);
      expect(uses).toEqual([
        {
          Sid: "ObjectsOfTheBucket",
          Effect: "Allow",
          Principal,
          Action: ["kms:Decrypt", "kms:GenerateDataKey"],
          Resource: "*",
          Condition: {
            StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com", "kms:CallerAccount": accountId },
            ArnLike: { "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::tap-state-123456789012-eu-west-1" },
          },
        },
        {
          Sid: "SecretsOfStages",
          Effect: "Allow",
          Principal,
          Action: ["kms:Decrypt", "kms:Encrypt"],
          Resource: "*",
          Condition: { Null: { "kms:EncryptionContext:stage": "false" } },
        },
      ]);
    });
  });

  describe("lets workflows sign in", () => {
    it("by tokens of GitHub for AWS", () => {
      expect(only(recorded, "aws:iam/openIdConnectProvider:OpenIdConnectProvider").inputs).toEqual({
        url: "https://token.actions.githubusercontent.com",
        clientIdLists: ["sts.amazonaws.com"],
      });
    });

    it("by the provider that the account has, where it is given", async () => {
      const githubProviderArn = `arn:aws:iam::${accountId}:oidc-provider/token.actions.githubusercontent.com`;
      const another = await recordBootstrap({ githubProviderArn });
      expect(all(another, "aws:iam/openIdConnectProvider:OpenIdConnectProvider")).toEqual([]);
      const [trust] = statements(only(another, "aws:iam/role:Role", "tap-deploy-dev").inputs.assumeRolePolicy);
      expect(trust?.Principal).toEqual({ Federated: githubProviderArn });
    });

    it("as one role each, by the exact claims of its runs, for two hours, or five where an update may take four", () => {
      const trust = (...subjects: string[]) => workflowTrust("arn:OpenIdConnectProvider-github", repository, subjects);
      const roles = all(recorded, "aws:iam/role:Role").filter(({ name }) => name !== "api-gateway-logs");
      expect(roles.map(({ inputs }) => inputs)).toEqual(
        [
          ["tap-deploy-dev", "Deploys dev environments", trust("environment:dev"), 18_000],
          ["tap-deploy-prod", "Deploys prod environments", trust("environment:production"), 18_000],
          [
            "tap-deploy-pull-request",
            "Deploys pull-request environments",
            trust("pull_request", "ref:refs/heads/main"),
            7200,
          ],
          ["tap-preview", "Sees what a pull request would change in dev", trust("pull_request"), 7200],
        ].map(([name, description, assumeRolePolicy, maxSessionDuration]) => ({
          name,
          description,
          assumeRolePolicy,
          maxSessionDuration,
        })),
      );
      expect(statements(trust("environment:dev"))).toEqual([
        {
          Effect: "Allow",
          Principal: { Federated: "arn:OpenIdConnectProvider-github" },
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: {
            StringEquals: {
              "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
              "token.actions.githubusercontent.com:sub": ["repo:example/tap:environment:dev"],
            },
          },
        },
      ]);
    });

    it("of a repository that its tokens name with identifiers, as they do", async () => {
      const newer = await recordBootstrap({ githubRepository: "example@12/tap@34" });
      const [trust] = statements(only(newer, "aws:iam/role:Role", "tap-preview").inputs.assumeRolePolicy);
      expect(trust?.Condition).toMatchObject({
        StringEquals: { "token.actions.githubusercontent.com:sub": ["repo:example@12/tap@34:pull_request"] },
      });
    });

    it("for the stages of the account only", async () => {
      const prod = await recordBootstrap({ stages: "prod" });
      const roles = all(prod, "aws:iam/role:Role").map(({ inputs }) => inputs.name);
      expect(roles).toEqual(["api-gateway-cloudwatch-logs", "tap-deploy-prod"]);
    });
  });
});

describe("the configuration of the bootstrap", () => {
  it("needs the repository only", () => {
    expect(loadBootstrapConfig({ githubRepository: "example/tap" })).toEqual({
      region: "eu-west-1",
      githubRepository: "example/tap",
      githubProviderArn: "",
      stages: ["pull-request", "dev", "prod"],
    });
  });

  it("is refused with every mistake, before anything is made", () => {
    const wrong = {
      region: "Ireland",
      githubRepository: "tap",
      githubProviderArn: "arn:x",
      stages: "dev,dev",
      stage: "dev",
    };
    expect(() => loadBootstrapConfig(wrong)).toThrow(
      new RunError(
        [
          "The configuration has 5 mistakes; nothing was created.",
          '  - stage: "dev" is no key; docs/bootstrap.md lists them all',
          '  - region: "Ireland" allowed is an AWS region such as eu-west-1',
          '  - githubRepository: "tap" allowed is the repository that deploys, as owner/name, or as owner@id/name@id where its tokens say that',
          '  - githubProviderArn: "arn:x" allowed is the ARN of an identity provider for token.actions.githubusercontent.com, or empty',
          '  - stages: "dev,dev" allowed is some of pull-request, dev, prod, each once, separated by commas',
        ].join("\n"),
      ),
    );
  });

  it.each([
    "example/*",
    "example",
    "/tap",
    "example/tap:pull_request",
    "",
    "example@12/tap",
    "example/tap@34",
    "example@*/tap@*",
    "example@12/tap@34:pull_request",
  ])("is refused with the repository %j, which would let others in", (githubRepository) => {
    expect(() => loadBootstrapConfig({ githubRepository })).toThrow("githubRepository");
  });

  it.each(["test", "dev,", "dev,prod,dev", "*"])("is refused with the stages %j", (stages) => {
    expect(() => loadBootstrapConfig({ githubRepository: "example/tap", stages })).toThrow("stages");
  });

  it("is declared, and told in docs/bootstrap.md, with these defaults", () => {
    const { config } = load(readFileSync(join(folder, "bootstrap/Pulumi.yaml"), "utf8")) as {
      config: Record<string, { description: string; default?: string }>;
    };
    const { githubRepository: _, stages, ...defaults } = loadBootstrapConfig({ githubRepository: "example/tap" });
    expect(Object.fromEntries(Object.entries(config).map(([key, { default: value }]) => [key, value]))).toEqual({
      githubRepository: undefined,
      ...defaults,
      stages: stages.join(","),
    });
    const guide = readFileSync(join(folder, "docs/bootstrap.md"), "utf8");
    expect(Object.keys(config).filter((key) => !guide.includes(`| \`${key}\``))).toEqual([]);
  });
});
