import { readFileSync } from "node:fs";
import "./mocked-bundle";
import { boundaryName, deployRoleName, previewRoleName } from "../../bootstrap/lib/names";
import type { Stage } from "../../bootstrap/lib/stages";
import type { Statement } from "../../lib/iam";
import { exampleSuffix, requiredFile, type Required } from "../../tools/operations/required";
import { recordBootstrap } from "./bootstrap-program";
import { statements } from "./fixtures";
import { isAllowed, type Context } from "./iam-simulator";
import { accountId } from "./program";
import { all, only, type Recorded } from "./recorder";

const required = JSON.parse(readFileSync(requiredFile, "utf8")) as Required;

/** An environment of each stage. */
const suffixes: Record<Stage, string> = { "pull-request": "pr-7", dev: "dev", prod: "prod" };

const stageNames = Object.keys(suffixes) as Stage[];

/** Whether the integration suite runs there. */
const tested: Record<Stage, boolean> = { "pull-request": true, dev: true, prod: false };

/** Whether what environments leave behind is removed there. */
const swept: Record<Stage, boolean> = { "pull-request": true, dev: false, prod: false };

let recorded: Recorded[];
/** All that each role is allowed. */
let policies: Map<string, Statement[]>;
beforeAll(async () => {
  recorded = await recordBootstrap();
  const roles = [previewRoleName, ...stageNames.map(deployRoleName)];
  policies = new Map(roles.map((role) => [role, statementsOf(role)]));
});

const statementsOf = (role: string): Statement[] =>
  all(recorded, "aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    .filter(({ inputs }) => inputs.role === role)
    .flatMap(({ name }) => statements(only(recorded, "aws:iam/policy:Policy", name).inputs.policy));

const policiesOf = (role: string): Statement[] => policies.get(role) ?? [];

const boundaryArn = (stage: Stage) => `arn:aws:iam::${accountId}:policy/${boundaryName(stage)}`;

/** A line of what is required, for an environment, as IAM is asked it. */
function question(line: string, stage: Stage, suffix: string): { action: string; resource: string; context: Context } {
  const [action = "", resource = "", ...facts] = line.replaceAll(exampleSuffix, suffix).split(" ");
  const instance = `arn:aws:rds:eu-west-1:${accountId}:db:rds-postgres-${suffix}`;
  const context: Context = { "aws:RequestedRegion": "eu-west-1" };
  for (const fact of facts) {
    const [key = "", value = ""] = fact.split("=");
    if (fact === "made") context["aws:RequestTag/Environment"] = suffix;
    else if (fact === "owned") context["aws:ResourceTag/Environment"] = suffix;
    else if (fact === "limited") context["iam:PermissionsBoundary"] = boundaryArn(stage);
    else context[key] = value === "INSTANCE" ? instance : value;
  }
  return { action, resource, context };
}

const allowed = (lines: string[], stage: Stage, suffix: string) => {
  const permissions = policiesOf(deployRoleName(stage));
  return lines.filter((line) => {
    const { action, resource, context } = question(line, stage, suffix);
    return isAllowed(permissions, action, resource, context);
  });
};

const isRead = (line: string) => /^\S+:((Describe|List|Get)[A-Z]|GET )/.test(line);

describe("what was seen to be required", () => {
  it("is all that a deployment asks for", () => {
    expect(required.deployment.length).toBeGreaterThan(450);
    expect(required.tests.length).toBeGreaterThan(150);
  });
});

describe("the preview role", () => {
  const ask = (action: string, resource: string, context: Context = {}) =>
    isAllowed(policiesOf(previewRoleName), action, resource, context);
  const object = (key: string) => `arn:aws:s3:::tap-state-${accountId}-eu-west-1/.pulumi/${key}`;

  it("reads dev's state with its secrets, and no other's", () => {
    expect(ask("s3:GetObject", object("meta.yaml"))).toBe(true);
    for (const [stack, allowed] of Object.entries({ dev: true, prod: false, "pr-7": false })) {
      expect(ask("s3:GetObject", object(`stacks/tap/${stack}.json`))).toBe(allowed);
      expect(ask("kms:Decrypt", "arn:Key-state", { "kms:EncryptionContext:stage": stack })).toBe(allowed);
      expect(ask("kms:Encrypt", "arn:Key-state", { "kms:EncryptionContext:stage": stack })).toBe(allowed);
    }
  });

  it("reads nothing else: no other bucket, key or role, and the key through S3 only", () => {
    const list = (bucket: string, prefix: string) => ask("s3:ListBucket", bucket, { "s3:prefix": prefix });
    const bucket = `arn:aws:s3:::tap-state-${accountId}-eu-west-1`;
    const dev = ".pulumi/stacks/tap/dev.json";
    expect([list(bucket, dev), list(bucket, ".pulumi/stacks/tap/prod.json"), list("arn:aws:s3:::theirs", dev)]).toEqual(
      [true, false, false],
    );
    const decrypt = (key: string, context: Context) => ask("kms:Decrypt", key, context);
    const through = (service: string) => ({ "kms:ViaService": `${service}.eu-west-1.amazonaws.com` });
    expect(decrypt("arn:Key-state", through("s3"))).toBe(true);
    expect(decrypt("arn:Key-state", through("rds"))).toBe(false);
    expect(decrypt("arn:Key-theirs", through("s3"))).toBe(false);
    expect(decrypt("arn:Key-theirs", { "kms:EncryptionContext:stage": "dev" })).toBe(false);
    const role = (name: string) => ask("iam:GetRole", `arn:aws:iam::${accountId}:role/${name}`);
    expect(["api-gateway-cloudwatch-logs", "theirs"].map(role)).toEqual([true, false]);
  });

  it("changes nothing, and locks nobody out", () => {
    for (const key of ["stacks/tap/dev.json", "locks/organization/tap/dev/1.json", "meta.yaml"]) {
      expect(ask("s3:PutObject", object(key))).toBe(false);
      expect(ask("s3:DeleteObject", object(key))).toBe(false);
    }
    const actions = policiesOf(previewRoleName).flatMap(({ Action }) => Action);
    expect(actions.sort()).toEqual([
      "ec2:DescribeAvailabilityZones",
      "iam:GetRole",
      "kms:Decrypt",
      "kms:Decrypt",
      "kms:Encrypt",
      "s3:GetObject",
      "s3:ListBucket",
    ]);
  });
});

describe.each(stageNames)("the deploy role of %s", (stage) => {
  const suffix = suffixes[stage];
  const isTested = tested[stage];
  const isSwept = swept[stage];
  const others = ["staging", ...Object.values(suffixes).filter((other) => other !== suffix)];
  const ask = (action: string, resource: string, context: Context = {}) =>
    isAllowed(policiesOf(deployRoleName(stage)), action, resource, context);
  const iam = (resource: string) => `arn:aws:iam::${accountId}:${resource}`;
  const role = (of: string) => iam(`role/records-service-${of}`);
  const limited = { "iam:PermissionsBoundary": boundaryArn(stage) };
  const regional = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:${accountId}:${resource}`;

  it("may do everything that a deployment of its environments asks for", () => {
    expect(required.deployment.filter((line) => allowed([line], stage, suffix).length === 0)).toEqual([]);
  });

  it("may do what the integration suite asks for, but where patients' data is", () => {
    const refused = required.tests.filter((line) => allowed([line], stage, suffix).length === 0);
    const actions = new Set(refused.map((line) => line.split(" ")[0]));
    const intrusive = ["lambda:InvokeFunction", "logs:FilterLogEvents", "secretsmanager:GetSecretValue"];
    if (isTested) expect(refused).toEqual([]);
    else expect(intrusive.filter((action) => actions.has(action))).toEqual(intrusive);
  });

  it("may remove all that its environments have left, backups and nodes of Redis only where environments come and go", () => {
    const refused = required.sweep.filter((line) => allowed([line], stage, suffix).length === 0);
    const ofSweepOnly = [
      `elasticache:DeleteCacheCluster ${regional("elasticache", "cluster:redis-pr-7-001")}`,
      `elasticache:DeleteCacheCluster ${regional("elasticache", "cluster:redis-pr-7-002")}`,
      `elasticache:DeleteCacheCluster ${regional("elasticache", "cluster:redis-pr-7-003")}`,
      `rds:DeleteDBInstanceAutomatedBackup ${regional("rds", "auto-backup:ID")} owned`,
    ];
    expect(refused.filter((line) => !isRead(line))).toEqual(isSwept ? [] : ofSweepOnly);
    if (isTested) expect(refused.filter(isRead)).toEqual([]);
  });

  it("may look at what belongs to others where the integration suite looks for leftovers, and elsewhere at no more than databases and what AWS lists whole", () => {
    // What is read of something only while it is being removed.
    const ofRemoval =
      /^(iam:(GetPolicyVersion|ListAttachedRolePolicies|ListPolicyVersions|ListRolePolicies)|s3:ListBucketVersions) /;
    const looks = required.sweep.filter((line) => isRead(line) && !ofRemoval.test(line));
    for (const other of others) {
      const seen = allowed(looks, stage, other);
      if (isTested) expect(seen).toEqual(looks);
      else {
        expect(seen.filter((line) => !line.endsWith("*"))).toEqual([
          `rds:DescribeDBInstances ${regional("rds", "db:rds-postgres-pr-7")}`,
        ]);
      }
    }
  });

  it("may remove what AWS or people have added to its environments, where they come and go", () => {
    const additions = [
      "apigateway:DELETE arn:aws:apigateway:eu-west-1::/apikeys/ID owned",
      `ec2:DeleteNetworkAcl ${regional("ec2", "network-acl/ID")} owned`,
      `ecs:StopTask ${regional("ecs", "task/ecs-pr-7/ID")} owned`,
      `elasticache:DeleteSnapshot ${regional("elasticache", "snapshot:automatic.redis-pr-7-001-2026-01-31-03-00")}`,
      `iam:DeleteRolePolicy ${role("pr-7")}`,
      `rds:DeleteDBSnapshot ${regional("rds", "snapshot:rds:rds-postgres-pr-7-2026-01-31-02-00")}`,
    ];
    expect(allowed(additions, stage, suffix)).toEqual(isSwept ? additions : []);
    for (const other of others) expect(allowed(additions, stage, other)).toEqual([]);
  });

  it("may remove what GuardDuty has put into VPCs, where environments come and go, and change nothing of it", () => {
    const may = (tags: Context, ...requests: string[]) =>
      requests.map((request) => {
        const [action = "", kind = ""] = request.split(" ");
        return ask(`ec2:${action}`, regional("ec2", `${kind}/1`), tags);
      });
    const removals = (tags: Context) =>
      may(
        tags,
        "DeleteVpcEndpoints vpc-endpoint",
        "RevokeSecurityGroupEgress security-group",
        "RevokeSecurityGroupIngress security-group",
        "DeleteSecurityGroup security-group",
      );
    const guardDuty = { "aws:ResourceTag/GuardDutyManaged": "true" };
    expect(removals(guardDuty)).toEqual([isSwept, isSwept, isSwept, isSwept]);
    const foreign: Context[] = [{}, { "aws:ResourceTag/GuardDutyManaged": "false" }];
    expect(foreign.flatMap(removals)).not.toContain(true);
    expect(may(guardDuty, "ModifyVpcEndpoint vpc-endpoint", "AuthorizeSecurityGroupIngress security-group")).toEqual([
      false,
      false,
    ]);
  });

  it.each(others)("may change nothing of the environment %s", (other) => {
    const everything = new Set([...required.deployment, ...required.sweep]);
    const lines = allowed([...everything], stage, other).filter((line) => !isRead(line));
    expect(lines.sort().map((line) => line.replaceAll(accountId, "ACCOUNT"))).toEqual([
      // The account's, and what IAM cannot tell apart (docs/bootstrap.md, "An account of its own for prod").
      "apigateway:PATCH arn:aws:apigateway:eu-west-1::/account",
      "apigateway:PUT arn:aws:apigateway:eu-west-1::/tags/ARN",
      "cloudwatch:PutCompositeAlarm *",
      "ecs:DeregisterTaskDefinition *",
      "iam:AttachRolePolicy arn:aws:iam::ACCOUNT:role/api-gateway-cloudwatch-logs iam:PolicyARN=arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
      "iam:PassRole arn:aws:iam::ACCOUNT:role/api-gateway-cloudwatch-logs iam:PassedToService=apigateway.amazonaws.com",
      "logs:DeleteQueryDefinition *",
      "logs:PutQueryDefinition *",
      "rds:CreateDBInstance arn:aws:rds:eu-west-1:ACCOUNT:og:default:postgres-17",
      "secretsmanager:CreateSecret arn:aws:secretsmanager:eu-west-1:ACCOUNT:secret:rds!db-ID",
      "secretsmanager:TagResource arn:aws:secretsmanager:eu-west-1:ACCOUNT:secret:rds!db-ID",
      "wafv2:CreateWebACL arn:aws:wafv2:eu-west-1:ACCOUNT:regional/managedruleset/AWS/ID",
    ]);
  });

  it("makes roles, and gives them permissions, with its own boundary only", () => {
    const attach = { "iam:PolicyARN": iam(`policy/records-service-${suffix}`) };
    expect(ask("iam:CreateRole", role(suffix), limited)).toBe(true);
    expect(ask("iam:AttachRolePolicy", role(suffix), { ...limited, ...attach })).toBe(true);
    for (const boundary of [undefined, ...stageNames.filter((other) => other !== stage).map(boundaryArn)]) {
      const context: Context = boundary === undefined ? {} : { "iam:PermissionsBoundary": boundary };
      expect(ask("iam:CreateRole", role(suffix), context)).toBe(false);
      expect(ask("iam:PutRolePermissionsBoundary", role(suffix), context)).toBe(false);
      expect(ask("iam:AttachRolePolicy", role(suffix), { ...context, ...attach })).toBe(false);
    }
    const administrator = { ...limited, "iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess" };
    expect(ask("iam:AttachRolePolicy", role(suffix), administrator)).toBe(false);
    expect(ask("iam:DeleteRolePermissionsBoundary", role(suffix), limited)).toBe(false);
    expect(ask("iam:PutRolePolicy", role(suffix), limited)).toBe(false);
  });

  it("gives roles of its environments only, to the services that they are for", () => {
    const to = (service: string) => ({ "iam:PassedToService": `${service}.amazonaws.com` });
    expect(ask("iam:PassRole", role(suffix), to("lambda"))).toBe(true);
    expect(ask("iam:PassRole", role(suffix), to("ec2"))).toBe(false);
    for (const other of others) expect(ask("iam:PassRole", role(other), to("lambda"))).toBe(false);
    expect(ask("iam:PassRole", iam(`role/${deployRoleName(stage)}`), to("lambda"))).toBe(false);
  });

  it("gives the account's role to API Gateway only, with AWS's policy for it only, and lets only services that it needs make theirs", () => {
    const shared = iam("role/api-gateway-cloudwatch-logs");
    const passes = (service: string) =>
      ask("iam:PassRole", shared, { "iam:PassedToService": `${service}.amazonaws.com` });
    expect(["apigateway", "lambda", "ec2"].map(passes)).toEqual([true, false, false]);
    const attaches = (policy: string) =>
      ask("iam:AttachRolePolicy", shared, { "iam:PolicyARN": `arn:aws:iam::aws:policy/${policy}` });
    const logs = "service-role/AmazonAPIGatewayPushToCloudWatchLogs";
    expect([logs, "AdministratorAccess"].map(attaches)).toEqual([true, false]);
    const linked = (service: string) =>
      ask("iam:CreateServiceLinkedRole", iam(`role/aws-service-role/${service}.amazonaws.com/any`), {
        "iam:AWSServiceName": `${service}.amazonaws.com`,
      });
    expect(["rds", "ecs", "spot", "organizations"].map(linked)).toEqual([true, true, false, false]);
  });

  it("uses the keys of its environments through the services that they are for, and grants them to these only", () => {
    const may = (action: string, via: string, context: Context = {}) =>
      ask(`kms:${action}`, regional("kms", "key/1"), {
        "aws:ResourceTag/Environment": suffix,
        "kms:ViaService": `${via}.eu-west-1.amazonaws.com`,
        ...context,
      });
    const services = ["secretsmanager", "rds", "elasticache", "s3"];
    const uses = (action: string, context: Context = {}) => services.map((via) => may(action, via, context));
    const forAws = { "kms:GrantIsForAWSResource": "true" };
    expect(uses("Decrypt")).toEqual([true, true, false, false]);
    expect(uses("GenerateDataKey")).toEqual([true, true, false, false]);
    expect(uses("CreateGrant", forAws)).toEqual([false, true, true, false]);
    expect(uses("CreateGrant", { "kms:GrantIsForAWSResource": "false" })).toEqual(services.map(() => false));
    for (const other of others) {
      const theirs = { ...forAws, "aws:ResourceTag/Environment": other };
      for (const action of ["Decrypt", "GenerateDataKey", "CreateGrant"]) {
        expect(uses(action, theirs)).toEqual(services.map(() => false));
      }
    }
  });

  it("passes the checks of Application Auto Scaling, which name no alarm or concern all, and changes no other's alarm itself", () => {
    const alarm = (name: string) => regional("cloudwatch", `alarm:${name}`);
    for (const action of ["cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm"]) {
      expect(ask(action, alarm(""))).toBe(true);
      const all = ["true", "false"].map((via) => ask(action, "*", { "aws:ViaAWSService": via }));
      expect(all).toEqual([true, false]);
      for (const other of others) {
        for (const name of ["api-latency", "TargetTracking-service/ecs"]) {
          expect(ask(action, alarm(`${name}-${other}`), { "aws:ViaAWSService": "false" })).toBe(false);
        }
      }
    }
  });

  it("takes addresses of its environments only from what they are at, a NAT gateway's interface without tags among it", () => {
    const takes = (kind: string, context: Context) =>
      ask("ec2:DisassociateAddress", regional("ec2", `${kind}/1`), context);
    expect(takes("elastic-ip", { "aws:ResourceTag/Environment": suffix })).toBe(true);
    expect(takes("elastic-ip", {})).toBe(false);
    expect(takes("network-interface", {})).toBe(true);
    for (const other of others) {
      expect(takes("elastic-ip", { "aws:ResourceTag/Environment": other })).toBe(false);
      expect(takes("network-interface", { "aws:ResourceTag/Environment": other })).toBe(false);
    }
  });

  it("gives private names to the interface endpoints of its environments only, in a zone of AWS's, which has no tag", () => {
    const names = (resource: string, context: Context) => ask("route53:AssociateVPCWithHostedZone", resource, context);
    const zone = "arn:aws:route53:::hostedzone/Z1";
    const vpc = regional("ec2", "vpc/vpc-1");
    expect(names(zone, {})).toBe(true);
    expect(names(vpc, { "aws:ResourceTag/Environment": suffix })).toBe(true);
    for (const other of others) {
      expect(names(zone, { "aws:ResourceTag/Environment": other })).toBe(false);
      expect(names(vpc, { "aws:ResourceTag/Environment": other })).toBe(false);
    }
  });

  it("looks at its own region, and at the users' clients of its own environments", () => {
    const describes = (region: string) => ask("ec2:DescribeVpcs", "*", { "aws:RequestedRegion": region });
    expect(["eu-west-1", "us-east-1"].map(describes)).toEqual([true, false]);
    const lists = (of: string) =>
      ask("cognito-idp:ListUserPoolClients", regional("cognito-idp", "userpool/1"), {
        "aws:ResourceTag/Environment": of,
      });
    expect(lists(suffix)).toBe(isTested);
    expect(others.map(lists)).toEqual(others.map(() => false));
  });

  it("cannot change what limits it", () => {
    for (const name of [deployRoleName(stage), boundaryName(stage)]) {
      for (const action of ["UpdateAssumeRolePolicy", "AttachRolePolicy", "PutRolePolicy", "DeleteRole"]) {
        expect(ask(`iam:${action}`, iam(`role/${name}`), limited)).toBe(false);
      }
      for (const action of ["CreatePolicyVersion", "DeletePolicy", "SetDefaultPolicyVersion"]) {
        expect(ask(`iam:${action}`, iam(`policy/${name}`))).toBe(false);
      }
    }
    for (const action of [
      "iam:CreateUser",
      "iam:CreateAccessKey",
      "iam:CreateOpenIDConnectProvider",
      "sts:AssumeRole",
    ]) {
      expect(ask(action, "*")).toBe(false);
    }
  });

  it("reads and writes the state of its stacks only, and cannot loosen what protects it", () => {
    const bucket = `arn:aws:s3:::tap-state-${accountId}-eu-west-1`;
    const objects = (stack: string) => [
      `.pulumi/stacks/tap/${stack}.json`,
      `.pulumi/stacks/tap/${stack}.json.bak`,
      `.pulumi/stacks/tap/${stack}.pulumi-tags`,
      `.pulumi/history/tap/${stack}/${stack}-1.history.json`,
      `.pulumi/backups/tap/${stack}/${stack}.1.json`,
      `.pulumi/locks/organization/tap/${stack}/1.json`,
    ];
    const may = (action: string, stack: string) => objects(stack).map((key) => ask(action, `${bucket}/${key}`));
    const every = (value: boolean) => objects("").map(() => value);
    for (const action of ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]) {
      expect(may(action, suffix)).toEqual(every(true));
      for (const other of others) expect(may(action, other)).toEqual(every(false));
    }
    const list = (prefix: string) => ask("s3:ListBucket", bucket, { "s3:prefix": prefix });
    // Of Pulumi's question for projects, and of one for an object that is not there.
    expect(list(".pulumi/stacks/")).toBe(true);
    expect(ask("s3:ListBucket", bucket)).toBe(true);
    const prefixes = (stack: string) => [
      `.pulumi/stacks/tap/${stack}.json`,
      `.pulumi/locks/organization/tap/${stack}/`,
      `.pulumi/history/tap/${stack}/`,
    ];
    expect(prefixes(suffix).map(list)).toEqual([true, true, true]);
    for (const other of others) expect(prefixes(other).map(list)).toEqual([false, false, false]);
    expect(ask("s3:GetObject", `${bucket}/.pulumi/meta.yaml`)).toBe(true);
    expect(ask("s3:PutBucketPolicy", bucket)).toBe(false);
    expect(ask("s3:DeleteObjectVersion", `${bucket}/.pulumi/stacks/tap/${suffix}.json`)).toBe(false);
  });

  it("uses the state's key through S3, and for its own stage", () => {
    const use = (action: string, context: Context) => ask(`kms:${action}`, "arn:Key-state", context);
    expect(use("GenerateDataKey", { "kms:ViaService": "s3.eu-west-1.amazonaws.com" })).toBe(true);
    expect(use("Decrypt", { "kms:ViaService": "s3.eu-west-1.amazonaws.com" })).toBe(true);
    expect(use("Decrypt", { "kms:EncryptionContext:stage": stage })).toBe(true);
    expect(use("Encrypt", { "kms:EncryptionContext:stage": stage })).toBe(true);
    for (const other of stageNames.filter((name) => name !== stage)) {
      expect(use("Decrypt", { "kms:EncryptionContext:stage": other })).toBe(false);
    }
    expect(use("Decrypt", {})).toBe(false);
    expect(use("GenerateDataKey", { "kms:ViaService": "rds.eu-west-1.amazonaws.com" })).toBe(false);
    expect(use("ScheduleKeyDeletion", { "aws:ResourceTag/Environment": "bootstrap" })).toBe(false);
  });

  it("reads no secret's value but the token that it has made, unless the integration suite does", () => {
    const secret = (name: string) => regional("secretsmanager", `secret:${name}-${suffix}-abcdef`);
    expect(ask("secretsmanager:GetSecretValue", secret("redis-auth"))).toBe(true);
    expect(ask("secretsmanager:GetSecretValue", secret("records-database"))).toBe(isTested);
    const master = { "aws:ResourceTag/aws:rds:primaryDBInstanceArn": regional("rds", `db:rds-postgres-${suffix}`) };
    const masterSecret = regional("secretsmanager", "secret:rds!db-1-abcdef");
    expect(ask("secretsmanager:GetSecretValue", masterSecret, master)).toBe(isTested);
    const another = { "aws:ResourceTag/aws:rds:primaryDBInstanceArn": regional("rds", "db:rds-postgres-staging") };
    expect(ask("secretsmanager:GetSecretValue", masterSecret, another)).toBe(false);
  });

  it("gives no tag of its own to what has another's", () => {
    const taken = { "aws:RequestTag/Environment": suffix, "aws:ResourceTag/Environment": "staging" };
    const given = { "aws:RequestTag/Environment": "staging", "aws:ResourceTag/Environment": suffix };
    for (const context of [taken, given]) {
      expect(ask("ec2:CreateTags", regional("ec2", "security-group/sg-1"), context)).toBe(false);
      expect(ask("kms:TagResource", regional("kms", "key/1"), context)).toBe(false);
      expect(ask("cognito-idp:TagResource", regional("cognito-idp", "userpool/1"), context)).toBe(false);
      const target = regional("application-autoscaling", "scalable-target/1");
      expect(ask("application-autoscaling:TagResource", target, context)).toBe(false);
    }
    const untags = (...keys: string[]) =>
      ask("apigateway:DELETE", "arn:aws:apigateway:eu-west-1::/tags/ARN", { "aws:TagKeys": keys });
    expect([untags("Team"), untags("Team", "Environment")]).toEqual([true, false]);
    expect(ask("kms:TagResource", regional("kms", "key/1"), { "aws:ResourceTag/Environment": suffix })).toBe(true);
  });

  it("has policies that IAM accepts: ten at most, of 6144 characters at most, none inside of it", () => {
    const own = all(recorded, "aws:iam/policy:Policy").filter(({ name }) => name.startsWith(deployRoleName(stage)));
    expect(own.length).toBeLessThanOrEqual(10);
    const lengths = own.map(({ name, inputs }) => [name, String(inputs.policy).replace(/\s/g, "").length] as const);
    expect(lengths.filter(([, length]) => length > 6144)).toEqual([]);
    expect(all(recorded, "aws:iam/rolePolicy:RolePolicy")).toEqual([]);
  });

  it("allows no action by wildcard, and every resource only where AWS knows no narrower one", () => {
    const permissions = policiesOf(deployRoleName(stage));
    const list = (value: string | string[] | undefined) => (Array.isArray(value) ? value : [value ?? ""]);
    expect(permissions.flatMap(({ Action }) => list(Action)).filter((action) => action.includes("*"))).toEqual([]);
    const everywhere = permissions.filter(({ Resource }) => list(Resource).includes("*"));
    expect(everywhere.map(({ Sid }) => Sid).sort()).toEqual([
      "AlarmsByScaling",
      "CompositeAlarms",
      "CreateKey",
      "CreateUserPool",
      "Deliveries",
      "Describe",
      "DescribeScaling",
      "DescribeTrails",
      "FindDomain",
      ...(isTested ? ["List"] : []),
      "ListAliases",
      "SavedQueries",
      "TaskDefinitions",
    ]);
  });
});
