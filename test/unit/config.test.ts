import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RunError } from "@pulumi/pulumi";
import fc from "fast-check";
import { load } from "js-yaml";
import { fargateMemoryFor, loadConfig, privateRegistry, settings, type EnvironmentConfig } from "../../lib/config";
import { maximumConnections } from "../../lib/database-capacity";

import type { LivingEnvironment } from "../../lib/previous-deployment";

type Key = keyof EnvironmentConfig;
type Texts = Partial<Record<Key, string>>;

const read = (texts: Texts, variable?: string, stackName = "dev", living?: LivingEnvironment) =>
  loadConfig(texts, { variable, stackName }, living);

/** The mistakes that reading reports, one a line. */
function mistakes(texts: Texts): string[] {
  try {
    read(texts);
  } catch (error) {
    if (!RunError.isInstance(error)) throw error;
    const [headline = "", ...lines] = error.message.split("\n");
    const count = lines.length === 1 ? "a mistake" : `${lines.length} mistakes`;
    expect(headline).toBe(`The configuration has ${count}; nothing was created.`);
    return lines.map((line) => line.replace(/^ {2}- /, ""));
  }
  return [];
}

const endpoints = '["secretsmanager", "elasticache", "logs", "xray", "ecr.api", "ecr.dkr"]';
const privateImage = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/analytics:1";
const large: Texts = { databaseInstanceClass: "db.m7g.2xlarge" };

interface Row {
  default: unknown;
  /** Text and what it means; with what else must be set, if anything. */
  valid: [string, unknown, Texts?][];
}

const table: Record<Key, Row> = {
  environmentSuffix: {
    default: "dev",
    valid: [
      ["", "dev"],
      ["a", "a"],
      ["a-suffix-of-20-chars", "a-suffix-of-20-chars"],
    ],
  },
  region: {
    default: "eu-west-1",
    valid: [
      ["eu-central-2", "eu-central-2"],
      ["us-east-1", "us-east-1", { allowRegionOutsideEu: "true" }],
      ["us-gov-west-1", "us-gov-west-1", { allowRegionOutsideEu: "true" }],
    ],
  },
  allowRegionOutsideEu: {
    default: false,
    valid: [
      ["true", true],
      ["false", false],
    ],
  },
  tags: {
    default: {},
    valid: [
      ["{}", {}],
      [
        '{"Team": "records", "Cost Centre": "a/b:c@d.e+f=g_h-i"}',
        { Team: "records", "Cost Centre": "a/b:c@d.e+f=g_h-i" },
      ],
      ['{"Note": ""}', { Note: "" }],
      [JSON.stringify(numberedTags(40)), numberedTags(40)],
      [JSON.stringify({ ["k".repeat(128)]: "v".repeat(256) }), { ["k".repeat(128)]: "v".repeat(256) }],
    ],
  },
  allowDataLoss: {
    default: [],
    valid: [
      ["[]", []],
      ['["cache"]', ["cache"]],
      [
        '["database", "cache", "keys", "users", "audit", "trail"]',
        ["database", "cache", "keys", "users", "audit", "trail"],
      ],
    ],
  },
  permissionsBoundary: {
    default: "",
    valid: [
      ["", ""],
      ["arn:aws:iam::123456789012:policy/tap-boundary-dev", "arn:aws:iam::123456789012:policy/tap-boundary-dev"],
      ["arn:aws-us-gov:iam::aws:policy/PowerUserAccess", "arn:aws-us-gov:iam::aws:policy/PowerUserAccess"],
    ],
  },
  vpcCidr: {
    default: "10.0.0.0/16",
    valid: [
      ["172.31.192.0/18", "172.31.192.0/18"],
      ["192.168.0.0/16", "192.168.0.0/16"],
    ],
  },
  reservedCidrs: {
    default: [],
    valid: [
      ["[]", []],
      ['["10.1.0.0/16", "0.0.0.0/32", "255.255.255.255/32"]', ["10.1.0.0/16", "0.0.0.0/32", "255.255.255.255/32"]],
    ],
  },
  availabilityZoneCount: {
    default: 2,
    valid: [
      ["2", 2],
      ["3", 3],
    ],
  },
  natStrategy: {
    default: "single",
    valid: [
      ["none", "none", { interfaceEndpoints: endpoints, analyticsImage: privateImage }],
      ["single", "single"],
      ["perAz", "perAz"],
    ],
  },
  interfaceEndpoints: {
    default: [],
    valid: [
      ["[]", []],
      ['["kms", "ecr.api"]', ["kms", "ecr.api"]],
    ],
  },
  logRetentionDays: {
    default: 90,
    valid: [
      ["1", 1],
      ["3653", 3653],
    ],
  },
  auditRetentionDays: {
    default: 2192,
    valid: [
      ["2557", 2557],
      ["3653", 3653],
    ],
  },
  alarmEmails: {
    default: [],
    valid: [
      ["[]", []],
      ['["on-call@example.org", "a.b+c@mail.example.co.uk"]', ["on-call@example.org", "a.b+c@mail.example.co.uk"]],
    ],
  },
  auditTrail: {
    default: false,
    valid: [
      ["true", true],
      ["false", false],
    ],
  },
  databaseInstanceClass: {
    default: "db.t4g.small",
    valid: [
      ["db.t3.micro", "db.t3.micro", { serviceConcurrency: "1" }],
      ["db.t4g.2xlarge", "db.t4g.2xlarge"],
      ["db.m8g.24xlarge", "db.m8g.24xlarge"],
      ["db.r6i.large", "db.r6i.large"],
    ],
  },
  databaseEngineVersion: {
    default: "17",
    valid: [
      ["15", "15"],
      ["16.10", "16.10"],
      ["18", "18"],
    ],
  },
  databaseAllocatedStorage: {
    default: 20,
    valid: [
      ["20", 20],
      ["59578", 59578, { databaseMaxAllocatedStorage: "65536" }],
    ],
  },
  databaseMaxAllocatedStorage: {
    default: 100,
    valid: [
      ["22", 22],
      ["65536", 65536],
    ],
  },
  databaseMultiAz: {
    default: true,
    valid: [
      ["true", true],
      ["false", false],
    ],
  },
  databaseBackupRetentionDays: {
    default: 30,
    valid: [
      ["30", 30],
      ["35", 35],
    ],
  },
  databasePasswordRotationDays: {
    default: 30,
    valid: [
      ["1", 1],
      ["90", 90],
    ],
  },
  redisNodeType: {
    default: "cache.t4g.micro",
    valid: [
      ["cache.t3.small", "cache.t3.small"],
      ["cache.r7g.16xlarge", "cache.r7g.16xlarge"],
    ],
  },
  redisEngineVersion: {
    default: "7.1",
    valid: [
      ["7.0", "7.0"],
      ["7.1", "7.1"],
    ],
  },
  redisNodeCount: {
    default: 2,
    valid: [
      ["2", 2],
      ["6", 6],
    ],
  },
  redisTokenRotationDays: {
    default: 30,
    valid: [
      ["1", 1],
      ["90", 90],
    ],
  },
  apiRateLimit: {
    default: 50,
    valid: [
      ["1", 1],
      ["10000", 10000],
    ],
  },
  apiBurstLimit: {
    default: 100,
    valid: [
      ["1", 1],
      ["5000", 5000],
    ],
  },
  wafRateLimit: {
    default: 2000,
    valid: [
      ["100", 100],
      ["2000000", 2000000],
    ],
  },
  threatProtection: {
    default: "enforced",
    valid: [
      ["off", "off"],
      ["audit", "audit"],
      ["enforced", "enforced"],
    ],
  },
  signInCallbackUrls: {
    default: ["http://localhost:3000/callback"],
    valid: [
      ['["https://records.example/callback?x=1"]', ["https://records.example/callback?x=1"]],
      ['["http://localhost", "http://localhost:1/x"]', ["http://localhost", "http://localhost:1/x"]],
      [JSON.stringify([`https://${"a".repeat(1016)}`]), [`https://${"a".repeat(1016)}`]],
    ],
  },
  serviceMemory: {
    default: 512,
    valid: [
      ["128", 128],
      ["10240", 10240],
    ],
  },
  serviceConcurrency: {
    default: 20,
    valid: [
      ["1", 1],
      ["900", 900, large],
    ],
  },
  sessionIdleMinutes: {
    default: 15,
    valid: [
      ["1", 1],
      ["60", 60],
    ],
  },
  sessionAbsoluteHours: {
    default: 12,
    valid: [
      ["1", 1],
      ["24", 24],
    ],
  },
  sessionRequestsPerMinute: {
    default: 300,
    valid: [
      ["10", 10],
      ["6000", 6000],
    ],
  },
  cacheSeconds: {
    default: 300,
    valid: [
      ["0", 0],
      ["3600", 3600],
    ],
  },
  analyticsImage: {
    default: "public.ecr.aws/nginx/nginx-unprivileged:stable-alpine",
    valid: [
      [privateImage, privateImage],
      [
        `registry.example:5000/a/b_c@sha256:${"0a".repeat(32)}`,
        `registry.example:5000/a/b_c@sha256:${"0a".repeat(32)}`,
      ],
    ],
  },
  analyticsCpu: {
    default: 256,
    valid: [
      ["256", 256],
      ["16384", 16384, { analyticsMemory: "32768" }],
    ],
  },
  analyticsMemory: {
    default: 512,
    valid: [
      ["512", 512],
      ["122880", 122880, { analyticsCpu: "16384" }],
    ],
  },
  analyticsMinimumTasks: {
    default: 1,
    valid: [
      ["0", 0],
      ["50", 50, { analyticsMaximumTasks: "50" }],
    ],
  },
  analyticsMaximumTasks: {
    default: 4,
    valid: [
      ["1", 1],
      ["50", 50],
    ],
  },
  analyticsLogRetentionDays: {
    default: 7,
    valid: [
      ["1", 1],
      ["3653", 3653],
    ],
  },
};

const rows = (Object.entries(table) as [Key, Row][]).map(([key, row]) => ({ key, ...row }));
const valid = rows.flatMap(({ key, valid: cases }) =>
  cases.map(([text, value, others = {}]) => ({ key, text, value, others })),
);

describe("the configuration", () => {
  it("is all defaults when nothing is set", () => {
    expect(read({})).toEqual(Object.fromEntries(rows.map(({ key, default: value }) => [key, value])));
  });

  it("has these keys and no others", () => {
    expect(Object.keys(settings)).toEqual(Object.keys(table));
  });

  it("says of the two keys whose mistakes have reasons of their own what is allowed", () => {
    expect(settings.environmentSuffix.allowed).toBe(
      "1 to 20 lower-case letters, digits and single hyphens, beginning with a letter",
    );
    expect(settings.vpcCidr.allowed).toBe("an IPv4 block such as 10.0.0.0/16, from /16 to /18");
  });

  it.each(valid)("reads $key $text", ({ key, text, value, others }) => {
    expect(read({ ...others, [key]: text })[key]).toEqual(value);
  });

  it("lists all mistakes at once, in the order of the keys, before what contradicts", () => {
    expect(
      mistakes({
        region: "Ireland",
        vpcCidr: "10.0.0.0/8",
        availabilityZoneCount: "9",
        databaseBackupRetentionDays: "7",
        databaseAllocatedStorage: "100",
        analyticsMinimumTasks: "5",
        environmentSuffix: "Prod",
      }),
    ).toEqual([
      'region: "Ireland" allowed is an AWS region such as eu-west-1',
      'availabilityZoneCount: "9" allowed is a whole number from 2 to 3',
      'databaseBackupRetentionDays: "7" allowed is a whole number from 30 to 35',
      'environmentSuffix: "Prod" must begin with a letter, end with a letter or digit, and hold only lower-case letters, digits and hyphens',
      'vpcCidr: "10.0.0.0/8" must be between /16 and /18, so that every subnet fits in it',
      'databaseMaxAllocatedStorage: "100" must be at least 110, 10 % above databaseAllocatedStorage (100)',
      'analyticsMaximumTasks: "4" must not be below analyticsMinimumTasks (5)',
    ]);
  });

  it("refuses with an error that Pulumi shows without a stack trace", () => {
    expect(() => read({ redisNodeCount: "1" })).toThrow(RunError);
    expect(() => read({ redisNodeCount: "1" })).toThrow(
      'The configuration has a mistake; nothing was created.\n  - redisNodeCount: "1" allowed is a whole number from 2 to 6',
    );
  });
});

describe("the suffix", () => {
  it.each([
    ["the configuration first", { environmentSuffix: "configured" }, "variable", "configured"],
    ["then from the variable", {}, "variable", "variable"],
    ["the variable when the configuration is empty", { environmentSuffix: "" }, "variable", "variable"],
    ["the stack's name last", {}, undefined, "stack"],
    ["the stack's name when the variable is empty", {}, "", "stack"],
  ])("comes from %s", (_, texts, variable, suffix) => {
    expect(read(texts, variable, "stack").environmentSuffix).toBe(suffix);
  });

  it("of 20 characters is accepted", () => {
    expect(read({}, undefined, "a-suffix-of-20-chars").environmentSuffix).toHaveLength(20);
  });
});

describe("what stands at the edge of a contradiction is accepted:", () => {
  it.each<[string, Texts]>([
    ["a region outside the EU that is allowed", { region: "us-east-1", allowRegionOutsideEu: "true" }],
    ["blocks side by side", { vpcCidr: "10.7.0.0/16", reservedCidrs: '["10.6.0.0/16", "10.8.0.0/16"]' }],
    [
      "no NAT with every endpoint and a private image",
      { natStrategy: "none", interfaceEndpoints: endpoints, analyticsImage: privateImage },
    ],
    ["storage with 10 % to grow", { databaseAllocatedStorage: "90", databaseMaxAllocatedStorage: "99" }],
    [
      "as much concurrency as the database has connections for",
      { databaseInstanceClass: "db.t4g.micro", serviceConcurrency: "29" },
    ],
    ["memory that Fargate accepts beside the CPU", { analyticsCpu: "512", analyticsMemory: "3072" }],
    ["a session that may be idle for as long as it may last", { sessionIdleMinutes: "60", sessionAbsoluteHours: "1" }],
    ["as many tasks at most as at least", { analyticsMinimumTasks: "3", analyticsMaximumTasks: "3" }],
  ])("%s", (_, texts) => {
    expect(mistakes(texts)).toEqual([]);
  });
});

describe("a living environment", () => {
  const living = {
    environmentSuffix: "dev",
    region: "eu-west-1",
    vpcCidr: "10.0.0.0/16",
    availabilityZoneCount: 2,
    auditTrail: false,
    database: { engineVersion: "17", actualEngineVersion: "17.6", allocatedStorage: 95 },
  };
  const change = (texts: Texts, database: typeof living.database | undefined = living.database) =>
    read(texts, undefined, "dev", { ...living, database });

  it.each<[string, Texts]>([
    ["stay as it is, whatever AWS has made of its version and storage since", {}],
    ["spread over more zones", { availabilityZoneCount: "3" }],
    ["have the version that AWS has raised it to", { databaseEngineVersion: "17.6" }],
    ["have a newer minor version", { databaseEngineVersion: "17.10" }],
    ["have a newer major version", { databaseEngineVersion: "18" }],
    ["have all of its storage, and no more", { databaseMaxAllocatedStorage: "95" }],
    ["be told less storage than it has, as that changes nothing", { databaseAllocatedStorage: "20" }],
  ])("may %s", (_, texts) => {
    expect(change(texts)).toEqual(read(texts));
  });

  it("may keep an older version in its configuration than AWS has raised it to", () => {
    const raised = { engineVersion: "17.2", actualEngineVersion: "17.6", allocatedStorage: 20 };
    expect(change({ databaseEngineVersion: "17.2" }, raised).databaseEngineVersion).toBe("17.2");
    expect(() => change({ databaseEngineVersion: "17.3" }, raised)).toThrow("must not go below 17.6");
  });

  it("may lose its trail when that is allowed", () => {
    const withTrail = { ...living, auditTrail: true };
    expect(read({ allowDataLoss: '["trail"]' }, undefined, "dev", withTrail).auditTrail).toBe(false);
  });

  it("may change what it likes in a database that does not exist yet", () => {
    const database = undefined;
    expect(
      read({ databaseEngineVersion: "15", databaseMaxAllocatedStorage: "22" }, undefined, "dev", {
        ...living,
        database,
      }),
    ).toMatchObject({ databaseEngineVersion: "15" });
  });
});

describe("a key that is none", () => {
  it("is refused like a wrong value, so that a slip of the pen does not leave a default in place", () => {
    const texts = { databseMultiAz: "false", Region: "eu-west-1", redisNodeCount: "1" } as Texts;
    expect(mistakes(texts)).toEqual([
      'databseMultiAz: "false" is no key; docs/configuration.md lists them all',
      'Region: "eu-west-1" is no key; docs/configuration.md lists them all',
      'redisNodeCount: "1" allowed is a whole number from 2 to 6',
    ]);
  });

  it("may be one that every object has", () => {
    expect(mistakes({ constructor: "x" } as Texts)).toEqual([
      'constructor: "x" is no key; docs/configuration.md lists them all',
    ]);
  });
});

describe("whatever is configured", () => {
  const keys = Object.keys(settings) as Key[];
  const texts = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.json(),
    fc.integer().map(String),
    fc.constantFrom("true", "none", "17", "[]", "{}", "eu-west-1", "10.0.0.0/16", "db.t4g.micro"),
  );
  const configurations = fc.oneof(
    fc.dictionary(fc.constantFrom(...keys), texts, { maxKeys: keys.length }) as fc.Arbitrary<Texts>,
    fc.record<Texts>({ databaseEngineVersion: fc.constantFrom("16", "17.5", "18"), region: fc.constant("eu-west-1") }),
  );
  const fallbacks = fc.oneof(
    fc.record({
      variable: fc.option(fc.string({ unit: "binary" }), { nil: undefined }),
      stackName: fc.stringMatching(/^[A-Za-z0-9_.-]{1,40}$/),
    }),
    fc.constant({ variable: undefined, stackName: "dev" }),
  );
  const living = fc.option(
    fc.record<LivingEnvironment>({
      environmentSuffix: fc.constantFrom("dev", "prod"),
      region: fc.constantFrom("eu-west-1", "eu-central-1"),
      vpcCidr: fc.constantFrom("10.0.0.0/16", "10.1.0.0/16"),
      availabilityZoneCount: fc.constantFrom(2, 3),
      auditTrail: fc.boolean(),
      database: fc.option(
        fc.record({
          engineVersion: fc.constantFrom("16", "17", "17.5"),
          actualEngineVersion: fc.constantFrom("16.10", "17.5", "17.6"),
          allocatedStorage: fc.integer({ min: 20, max: 200 }),
        }),
        { nil: undefined },
      ),
    }),
    { nil: undefined },
  );

  it("it is a configuration with every key, or an error with a line of printable text for each wrong one", () => {
    const seen = { configurations: 0, refusals: 0 };
    fc.assert(
      fc.property(configurations, fallbacks, living, (configuration, { variable, stackName }, environment) => {
        try {
          expect(Object.keys(read(configuration, variable, stackName, environment))).toEqual(keys);
          seen.configurations++;
        } catch (error) {
          if (!RunError.isInstance(error)) throw error;
          const [, ...lines] = error.message.split("\n");
          const named = lines.map((line) => /^ {2}- (\w+)( \(from [^)]+\))?: "[ -~]*" \S/.exec(line)?.[1]);
          expect(named.filter((key) => !keys.includes(key as Key))).toEqual([]);
          expect(new Set(named).size).toBe(lines.length);
          expect(error.message.length).toBeLessThan(keys.length * 1000);
          seen.refusals++;
        }
      }),
      { numRuns: 1000 },
    );
    expect(Object.values(seen).every((count) => count > 10)).toBe(true);
  });
});

describe("the memory that Fargate accepts", () => {
  it.each([
    [256, [512, 1024, 2048]],
    [512, [1024, 2048, 3072, 4096]],
    [1024, [2048, 3072, 4096, 5120, 6144, 7168, 8192]],
  ])("beside %d CPU units is %j", (cpu, memories) => {
    expect(fargateMemoryFor(cpu)).toEqual(memories);
  });

  it.each([
    [2048, 4096, 16384, 1024, 13],
    [4096, 8192, 30720, 1024, 23],
    [8192, 16384, 61440, 4096, 12],
    [16384, 32768, 122880, 8192, 12],
  ])("beside %d CPU units is from %d to %d by %d", (cpu, least, most, step, count) => {
    const memories = fargateMemoryFor(cpu);
    expect(memories).toHaveLength(count);
    expect(memories[0]).toBe(least);
    expect(memories.at(-1)).toBe(most);
    expect(new Set(memories.slice(1).map((memory, index) => memory - (memories[index] ?? 0)))).toEqual(new Set([step]));
  });

  it("beside any other is none", () => {
    expect(fargateMemoryFor(300)).toEqual([]);
  });
});

describe("the connections that PostgreSQL has", () => {
  it.each([
    ["db.t4g.micro", 85],
    ["db.t4g.small", 170],
    ["db.t3.medium", 341],
    ["db.m7g.large", 682],
    ["db.m7g.xlarge", 1365],
    ["db.m7g.2xlarge", 2730],
    ["db.r7g.large", 1365],
    ["db.m7g.4xlarge", 5000],
  ])("on %s are %d", (instanceClass, connections) => {
    expect(maximumConnections(instanceClass)).toBe(connections);
  });
});

describe("a private registry", () => {
  it("is read from the image's name", () => {
    expect(privateRegistry("123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/analytics:1.2")).toEqual({
      account: "123456789012",
      region: "eu-west-1",
      repository: "team/analytics",
    });
  });

  it.each([
    "public.ecr.aws/nginx/nginx-unprivileged:stable-alpine",
    "1234.dkr.ecr.eu-west-1.amazonaws.com/analytics:1",
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.example/analytics:1",
    "evil.example/123456789012.dkr.ecr.eu-west-1.amazonaws.com/analytics:1",
  ])("is not %s", (image) => {
    expect(privateRegistry(image)).toBeUndefined();
  });
});

describe("the project's files", () => {
  const file = (name: string) => load(readFileSync(join(__dirname, "../..", name), "utf8")) as Record<string, unknown>;

  it("declare every key with its description and default, and no other; without a type, as the program checks better", () => {
    const declared = Object.entries(settings).map(([key, { description, default: value }]) => [
      key,
      { description, default: value },
    ]);
    expect(file("Pulumi.yaml")).toMatchObject({ name: "tap", main: "index.ts" });
    expect(file("Pulumi.yaml").config).toEqual(Object.fromEntries(declared));
  });

  /** Texts of a stack's configuration, as Pulumi hands them to the program. */
  const stack = (name: string): Texts => {
    const { config } = file(`Pulumi.${name}.yaml`) as { config: Record<string, unknown> };
    return Object.fromEntries(
      Object.entries(config).map(([key, value]) => {
        expect(key).toMatch(/^tap:/);
        expect(Object.keys(settings)).toContain(key.slice("tap:".length));
        return [key.slice("tap:".length), typeof value === "string" ? value : JSON.stringify(value)];
      }),
    );
  };

  it("make dev the smallest environment", () => {
    expect(read(stack("dev"), undefined, "dev")).toMatchObject({
      environmentSuffix: "dev",
      availabilityZoneCount: 2,
      natStrategy: "single",
      databaseInstanceClass: "db.t4g.micro",
      databaseMultiAz: false,
      databaseBackupRetentionDays: 30,
      redisNodeType: "cache.t4g.micro",
      redisNodeCount: 2,
      analyticsMinimumTasks: 0,
    });
  });

  it("make prod survive the loss of a zone", () => {
    expect(read(stack("prod"), undefined, "prod")).toMatchObject({
      environmentSuffix: "prod",
      availabilityZoneCount: 3,
      natStrategy: "perAz",
      databaseMultiAz: true,
      databaseBackupRetentionDays: 35,
      redisNodeCount: 3,
      threatProtection: "enforced",
      analyticsMinimumTasks: 2,
    });
  });
});

function numberedTags(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`Tag${index}`, "x"]));
}
