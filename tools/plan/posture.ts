import type { Registered } from "../program";
import { internet, isPublic, reachability } from "./reachability";
import { Stack, titleOf } from "./resources";

/** What protects the data, thing by thing. */
export interface Posture {
  facts: Fact[];
  /** Who may call each operation of the API. */
  operations: Operation[];
}

export interface Fact {
  area: "encryption at rest" | "encryption in transit" | "sign-in" | "rotation" | "retention" | "exposure";
  subject: string;
  says: string;
  /** Whether it is as it should be. */
  holds: boolean;
}

export interface Operation {
  method: string;
  path: string;
  /** Scopes of the access token that it takes; none for what anybody may call. */
  scopes: string[];
}

export function postureOf(resources: Registered[]): Posture {
  const stack = new Stack(resources);
  return {
    facts: [
      ...encryption(stack),
      ...transport(stack),
      ...signIn(stack),
      ...rotation(stack),
      ...retention(stack),
      ...exposure(stack),
    ],
    operations: stack.ofType("aws:apigateway/restApi:RestApi").flatMap(operationsOf),
  };
}

/** The inputs that name the key of what a type stores, and whether encryption must be asked for besides. */
const stores: { type: string; stores: string; key: string; asked?: string }[] = [
  { type: "aws:rds/instance:Instance", stores: "data and backups", key: "kmsKeyId", asked: "storageEncrypted" },
  { type: "aws:rds/instance:Instance", stores: "Performance Insights", key: "performanceInsightsKmsKeyId" },
  { type: "aws:rds/instance:Instance", stores: "secret of the master", key: "masterUserSecretKmsKeyId" },
  {
    type: "aws:elasticache/replicationGroup:ReplicationGroup",
    stores: "data and snapshots",
    key: "kmsKeyId",
    asked: "atRestEncryptionEnabled",
  },
  { type: "aws:secretsmanager/secret:Secret", stores: "its value", key: "kmsKeyId" },
  { type: "aws:sns/topic:Topic", stores: "messages", key: "kmsMasterKeyId" },
  { type: "aws:cloudtrail/trail:Trail", stores: "events", key: "kmsKeyId" },
];

function encryption(stack: Stack): Fact[] {
  const stored = stores.flatMap(({ type, stores: what, key, asked }) =>
    stack.ofType(type).map((resource) => {
      const keyName = keyOf(resource, key, stack);
      return {
        area: "encryption at rest" as const,
        subject: `${titleOf(resource)}, ${what}`,
        says: keyName ?? "no key of ours",
        holds: keyName !== undefined && (asked === undefined || resource.inputs[asked] === true),
      };
    }),
  );
  const groups = stack.ofType("aws:cloudwatch/logGroup:LogGroup");
  const keys = groups.map((group) => keyOf(group, "kmsKeyId", stack));
  const logs = [...new Set(keys)].map((keyName) => ({
    area: "encryption at rest" as const,
    subject: `${keys.filter((other) => other === keyName).length} of ${groups.length} log groups`,
    says: keyName ?? "no key of ours",
    holds: keyName !== undefined,
  }));
  return [...stored, ...logs];
}

function keyOf(resource: Registered, input: string, stack: Stack): string | undefined {
  const [key] = stack.referred(resource, input);
  return key && titleOf(key);
}

function transport(stack: Stack): Fact[] {
  const fact = (resource: Registered, holds: boolean, says: string): Fact => ({
    area: "encryption in transit",
    subject: titleOf(resource),
    says: holds ? says : `not: ${says}`,
    holds,
  });
  return [
    ...stack.ofType("aws:rds/instance:Instance").map((database) => {
      const parameters = stack
        .referred(database, "parameterGroupName")
        .flatMap(({ inputs }) => inputs.parameters as { name: string; value: string }[]);
      return fact(
        database,
        parameters.some(({ name, value }) => name === "rds.force_ssl" && value === "1"),
        "TLS only",
      );
    }),
    ...stack
      .ofType("aws:elasticache/replicationGroup:ReplicationGroup")
      .map((redis) =>
        fact(
          redis,
          redis.inputs.transitEncryptionEnabled === true && redis.inputs.transitEncryptionMode === "required",
          "TLS only",
        ),
      ),
    ...stack.ofType("aws:apigateway/restApi:RestApi").map((api) => {
      const policy = String(documentOf(api)["x-amazon-apigateway-security-policy"]);
      return fact(api, /TLS_?1_?[23]|TLS13/.test(policy), policy);
    }),
    ...stack.ofType("aws:secretsmanager/secret:Secret").map((secret) => {
      const policies = stack.referring("aws:secretsmanager/secretPolicy:SecretPolicy", "secretArn", secret);
      return fact(
        secret,
        policies.some(({ inputs }) => String(inputs.policy).includes('{"aws:SecureTransport":"false"}')),
        "requests without TLS refused",
      );
    }),
  ];
}

function signIn(stack: Stack): Fact[] {
  const fact = (resource: Registered, says: string, holds: boolean): Fact => ({
    area: "sign-in",
    subject: titleOf(resource),
    says,
    holds,
  });
  return [
    ...stack.ofType("aws:rds/instance:Instance").map((database) => {
      const managed = database.inputs.manageMasterUserPassword === true;
      const iam = database.inputs.iamDatabaseAuthenticationEnabled === true;
      return fact(
        database,
        `${managed ? "password made by RDS" : "password given"}${iam ? ", or IAM" : ""}`,
        managed && iam,
      );
    }),
    ...stack
      .ofType("aws:elasticache/replicationGroup:ReplicationGroup")
      .map((redis) =>
        fact(
          redis,
          redis.inputs.authToken === undefined ? "no token" : "AUTH token",
          redis.inputs.authToken !== undefined,
        ),
      ),
    ...stack.ofType("aws:cognito/userPool:UserPool").map((pool) => {
      const { mfaConfiguration, passwordPolicy, userPoolAddOns } = pool.inputs;
      const { minimumLength } = passwordPolicy as { minimumLength: number };
      const { advancedSecurityMode } = userPoolAddOns as { advancedSecurityMode: string };
      return fact(
        pool,
        `passwords of ${minimumLength} characters, second factor ${String(mfaConfiguration)}, threat protection ${advancedSecurityMode}`,
        mfaConfiguration === "ON" && minimumLength >= 14,
      );
    }),
  ];
}

function rotation(stack: Stack): Fact[] {
  const fact = (subject: string, days: number | undefined): Fact => ({
    area: "rotation",
    subject,
    says: days === undefined ? "never" : `every ${days} days`,
    holds: days !== undefined,
  });
  return [
    ...stack.ofType("aws:kms/key:Key").map((key) =>
      // AWS's own period, where none is given.
      fact(
        titleOf(key),
        key.inputs.enableKeyRotation === true ? Number(key.inputs.rotationPeriodInDays ?? 365) : undefined,
      ),
    ),
    ...stack.ofType("aws:secretsmanager/secret:Secret").map((secret) => {
      const [schedule] = stack.referring("aws:secretsmanager/secretRotation:SecretRotation", "secretId", secret);
      const rules = schedule?.inputs.rotationRules as { automaticallyAfterDays: number } | undefined;
      return fact(titleOf(secret), rules?.automaticallyAfterDays);
    }),
    ...stack
      .ofType("aws:rds/instance:Instance")
      // RDS user guide, "Password management with RDS and AWS Secrets Manager".
      .map((database) =>
        fact(
          `${titleOf(database)}, secret of the master`,
          database.inputs.manageMasterUserPassword === true ? 7 : undefined,
        ),
      ),
  ];
}

function retention(stack: Stack): Fact[] {
  const fact = (subject: string, days: number, least: number): Fact => ({
    area: "retention",
    subject,
    says: days === 0 ? "for ever" : `${days} days`,
    holds: days >= least,
  });
  const groups = stack.ofType("aws:cloudwatch/logGroup:LogGroup");
  const days = groups.map(({ inputs }) => Number(inputs.retentionInDays ?? 0));
  return [
    ...stack
      .ofType("aws:rds/instance:Instance")
      .map((database) => fact(`${titleOf(database)}, backups`, Number(database.inputs.backupRetentionPeriod ?? 0), 30)),
    ...stack
      .ofType("aws:elasticache/replicationGroup:ReplicationGroup")
      .map((redis) => fact(`${titleOf(redis)}, snapshots`, Number(redis.inputs.snapshotRetentionLimit ?? 0), 1)),
    ...[...new Set(days)]
      .sort((one, other) => other - one)
      .map((period) => {
        const names = groups.filter((_, index) => days[index] === period).map(({ name }) => name);
        return fact(`logs: ${names.join(", ")}`, period, 1);
      }),
  ];
}

function exposure(stack: Stack): Fact[] {
  const { connections, tiers } = reachability(stack.resources);
  const entries = connections.filter(({ blocked, from }) => from === internet && blocked === undefined);
  const behindAws = entries.filter(({ via }) => via.endsWith("AWS's own network"));
  const withPublicAddress = stack.inCloud.filter(isPublic).map(titleOf);
  const publicSubnets = stack
    .ofType("aws:ec2/subnet:Subnet")
    .filter(({ inputs }) => inputs.mapPublicIpOnLaunch === true);
  const data = tiers.filter(({ members }) => members.some((member) => /^(Instance|ReplicationGroup) /.test(member)));
  const ways = [...new Set(data.map((tier) => tier.internet))];
  const unprotected = stack
    .ofType("aws:apigateway/stage:Stage")
    .filter(
      (stage) => stack.referring("aws:wafv2/webAclAssociation:WebAclAssociation", "resourceArn", stage).length === 0,
    );
  const fact = (subject: string, says: string, holds: boolean): Fact => ({ area: "exposure", subject, says, holds });
  return [
    fact(
      "reached from the internet",
      entries.map(({ to }) => to).join(", ") || "nothing",
      entries.length === behindAws.length,
    ),
    fact(
      "public addresses",
      [...withPublicAddress, ...publicSubnets.map(titleOf)].join(", ") || "none but those of NAT gateways",
      withPublicAddress.length + publicSubnets.length === 0,
    ),
    fact(
      "subnets of the data stores",
      ways.every((way) => way === "none") ? "no route to the internet" : ways.join(", "),
      ways.every((way) => way === "none"),
    ),
    fact("firewall before the API", unprotected.length === 0 ? "yes" : "no", unprotected.length === 0),
  ];
}

type OpenApi = Record<string, unknown> & {
  paths: Record<string, Record<string, { security?: Record<string, string[]>[] }>>;
};

function documentOf(api: Registered): OpenApi {
  return JSON.parse(String(api.inputs.body)) as OpenApi;
}

function operationsOf(api: Registered): Operation[] {
  return Object.entries(documentOf(api).paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { security = [] }]) => ({
      method: method.toUpperCase(),
      path,
      scopes: security.flatMap((requirement) => Object.values(requirement).flat()),
    })),
  );
}
