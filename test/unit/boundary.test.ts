import "./mocked-bundle";
import { boundaryName } from "../../bootstrap/lib/names";
import type { Stage } from "../../bootstrap/lib/stages";
import type { Statement } from "../../lib/iam";
import { recordBootstrap } from "./bootstrap-program";
import { statements } from "./fixtures";
import { isAllowed, type Context } from "./iam-simulator";
import { accountId, isolated, recordProgram } from "./program";
import { all, only } from "./recorder";

const regional = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:${accountId}:${resource}`;
const list = (value: string | string[] | undefined) => (Array.isArray(value) ? value : [value ?? ""]);

const key = regional("kms", "key/1");
const masterSecret = regional("secretsmanager", "secret:rds!db-1-abcdef");

/** An environment of each stage. */
const suffixes: [Stage, string][] = [
  ["pull-request", "pr-7"],
  ["dev", "dev"],
  ["prod", "prod"],
];

describe.each(suffixes)("the boundary of %s", (stage, suffix) => {
  /** What AWS would have called what the mocked engine has made. */
  const real: Record<string, string> = {
    "arn:Key-secrets": key,
    "arn:LogGroup-trail": regional("logs", `log-group:cloudtrail-${suffix}`),
    "arn:LogGroup-audit": regional("logs", `log-group:audit-${suffix}`),
    "arn:Secret-records-database": regional("secretsmanager", `secret:records-database-${suffix}-abcdef`),
    "arn:Secret-redis-auth": regional("secretsmanager", `secret:redis-auth-${suffix}-abcdef`),
    "arn:master-secret:postgres": masterSecret,
    "replicationgroup:ReplicationGroup-redis": `replicationgroup:redis-${suffix}`,
  };
  const named = (resource: string) =>
    Object.entries(real).reduce((text, [mocked, arn]) => text.replace(mocked, arn), resource);

  /** What IAM would be told of it. */
  const context: Context = {
    "aws:ResourceTag/Environment": suffix,
    "aws:ResourceTag/aws:rds:primaryDBInstanceArn": regional("rds", `db:rds-postgres-${suffix}`),
    "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com",
  };
  const others = ["staging", "my-dev", ...suffixes.map(([, other]) => other).filter((other) => other !== suffix)];

  let boundary: Statement[];
  beforeAll(async () => {
    boundary = statements(only(await recordBootstrap(), "aws:iam/policy:Policy", boundaryName(stage)).inputs.policy);
  });

  it.each([
    ["with NAT, and a trail", { auditTrail: "true" }],
    ["without NAT", isolated],
  ])("allows all that the roles of an environment %s are allowed", async (_, configuration) => {
    const policies = all(await recordProgram({ ...configuration, environmentSuffix: suffix }), "aws:iam/policy:Policy");
    const questions = policies.flatMap(({ name, inputs }) =>
      statements(inputs.policy).flatMap(({ Action, Resource }) =>
        list(Action).flatMap((action) =>
          list(Resource).map((resource) => ({ name, action, resource: named(resource) })),
        ),
      ),
    );
    expect(questions.length).toBeGreaterThan(80);
    expect(questions.filter(({ action, resource }) => !isAllowed(boundary, action, resource, context))).toEqual([]);
  });

  it.each(others)("allows nothing of the environment %s", (other) => {
    const theirs = { ...context, "aws:ResourceTag/Environment": other };
    const masterOf = { "aws:ResourceTag/aws:rds:primaryDBInstanceArn": regional("rds", `db:rds-postgres-${other}`) };
    const secret = regional("secretsmanager", `secret:records-database-${other}-abcdef`);
    const refused = [
      isAllowed(boundary, "secretsmanager:GetSecretValue", secret, theirs),
      isAllowed(boundary, "secretsmanager:GetSecretValue", masterSecret, masterOf),
      isAllowed(boundary, "kms:Decrypt", key, theirs),
      isAllowed(boundary, "logs:FilterLogEvents", regional("logs", `log-group:audit-${other}:*`), theirs),
      isAllowed(
        boundary,
        "elasticache:ModifyReplicationGroup",
        regional("elasticache", `replicationgroup:redis-${other}`),
        theirs,
      ),
      isAllowed(boundary, "ec2:CreateNetworkInterface", regional("ec2", "subnet/subnet-1"), theirs),
    ];
    expect(refused).toEqual(refused.map(() => false));
  });

  it("lets functions have their network interfaces, as Lambda makes sure of", () => {
    const interfaces = regional("ec2", "network-interface/*");
    const allowed = [
      isAllowed(boundary, "ec2:AssignPrivateIpAddresses", interfaces),
      isAllowed(boundary, "ec2:CreateNetworkInterface", interfaces),
      isAllowed(boundary, "ec2:DeleteNetworkInterface", regional("ec2", "*/*")),
      isAllowed(boundary, "ec2:UnassignPrivateIpAddresses", interfaces),
    ];
    expect(allowed).toEqual([true, true, true, true]);
  });

  it("opens the key of secrets for Secrets Manager only", () => {
    const through = (service: string) => ({ ...context, "kms:ViaService": `${service}.eu-west-1.amazonaws.com` });
    const decrypts = (service: string) => isAllowed(boundary, "kms:Decrypt", key, through(service));
    expect(["secretsmanager", "s3", "lambda"].map(decrypts)).toEqual([true, false, false]);
  });

  it("allows no way out of it", () => {
    const actions = boundary.flatMap(({ Action }) => list(Action));
    expect(actions.filter((action) => /\*|^(iam|sts|lambda|s3):|kms:(Create|Put|Schedule)/.test(action))).toEqual([]);
  });
});
