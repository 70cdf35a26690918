import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RunError } from "@pulumi/pulumi";
import { load } from "js-yaml";
import { fargateMemoryFor, loadConfig, privateRegistry, settings, type EnvironmentConfig } from "../../lib/config";
import { maximumConnections } from "../../lib/database-capacity";

type Key = keyof EnvironmentConfig;
type Texts = Partial<Record<Key, string>>;

const read = (texts: Texts, variable?: string, stackName = "dev") =>
  loadConfig({ get: (key) => texts[key as Key] }, { variable, stackName });

/** The mistakes that reading reports, one a line. */
function mistakes(texts: Texts, variable?: string, stackName?: string): string[] {
  try {
    read(texts, variable, stackName);
  } catch (error) {
    if (!RunError.isInstance(error)) throw error;
    const [headline = "", ...lines] = error.message.split("\n");
    const count = lines.length === 1 ? "a mistake" : `${lines.length} mistakes`;
    expect(headline).toBe(`The configuration has ${count}; nothing was created.`);
    return lines.map((line) => line.replace(/^ {2}- /, ""));
  }
  return [];
}

const retentionDays =
  "one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653";
const malformedNumbers = ["", "ten", "1.5", "1e1", "0x10", "null", "[30]", " 30"];
const malformedLists = ["", "none", "null", "{}", "1", '"x"', "[1]", "[null]", "[[]]"];
const endpoints = '["secretsmanager", "elasticache", "logs", "xray", "ecr.api", "ecr.dkr"]';
const privateImage = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/analytics:1";
const large: Texts = { databaseInstanceClass: "db.m7g.2xlarge" };

interface Row {
  default: unknown;
  /** Text and what it means; with what else must be set, if anything. */
  valid: [string, unknown, Texts?][];
  invalid: string[];
  allowed: string;
}

const table: Record<Key, Row> = {
  environmentSuffix: {
    default: "dev",
    valid: [
      ["", "dev"],
      ["a", "a"],
      ["a-suffix-of-20-chars", "a-suffix-of-20-chars"],
    ],
    invalid: [],
    allowed: "1 to 20 lower-case letters, digits and single hyphens, beginning with a letter",
  },
  region: {
    default: "eu-west-1",
    valid: [
      ["eu-central-2", "eu-central-2"],
      ["us-east-1", "us-east-1", { allowRegionOutsideEu: "true" }],
      ["us-gov-west-1", "us-gov-west-1", { allowRegionOutsideEu: "true" }],
    ],
    invalid: ["", "eu", "eu-west", "EU-WEST-1", "eu-west-1a", "Ireland", "eu_west_1", "eu-west-1\n"],
    allowed: "an AWS region such as eu-west-1",
  },
  allowRegionOutsideEu: {
    default: false,
    valid: [
      ["true", true],
      ["false", false],
    ],
    invalid: ["", "yes", "True", "1", "null"],
    allowed: "true or false",
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
    invalid: [
      "",
      "Team=records",
      "null",
      "[]",
      '{"Team": 1}',
      '{"Team": null}',
      '{"": "x"}',
      '{"aws:team": "x"}',
      '{"Team": "a;b"}',
      JSON.stringify(numberedTags(41)),
      JSON.stringify({ ["k".repeat(129)]: "v" }),
      JSON.stringify({ k: "v".repeat(257) }),
    ],
    allowed:
      "at most 40 tags: names of 1 to 128 and values of up to 256 letters, digits, spaces and + - = . _ : / @, not beginning with aws:",
  },
  permissionsBoundary: {
    default: "",
    valid: [
      ["", ""],
      ["arn:aws:iam::123456789012:policy/tap-boundary-dev", "arn:aws:iam::123456789012:policy/tap-boundary-dev"],
      ["arn:aws-us-gov:iam::aws:policy/PowerUserAccess", "arn:aws-us-gov:iam::aws:policy/PowerUserAccess"],
    ],
    invalid: ["tap-boundary-dev", "arn:aws:iam::12345:policy/limits", "arn:aws:iam::123456789012:role/limits"],
    allowed: "the ARN of an IAM policy such as arn:aws:iam::123456789012:policy/tap-boundary-dev",
  },
  vpcCidr: {
    default: "10.0.0.0/16",
    valid: [
      ["172.31.192.0/18", "172.31.192.0/18"],
      ["192.168.0.0/16", "192.168.0.0/16"],
    ],
    invalid: [],
    allowed: "an IPv4 block such as 10.0.0.0/16, from /16 to /18",
  },
  reservedCidrs: {
    default: [],
    valid: [
      ["[]", []],
      ['["10.1.0.0/16", "0.0.0.0/32", "255.255.255.255/32"]', ["10.1.0.0/16", "0.0.0.0/32", "255.255.255.255/32"]],
    ],
    invalid: [
      ...malformedLists,
      "10.1.0.0/16",
      '["10.1.0.0"]',
      '["10.1.0/16"]',
      '["10.1.0.0.0/16"]',
      '["10.1.0.256/16"]',
      '["10.01.0.0/16"]',
      '["10.1.0.0/33"]',
      '["10.1.0.0/016"]',
      '["10.1.0.0/16", "10.1.0.0/16"]',
    ],
    allowed: "a list of IPv4 blocks such as 10.1.0.0/16, each once",
  },
  availabilityZoneCount: {
    default: 2,
    valid: [
      ["2", 2],
      ["3", 3],
    ],
    invalid: ["1", "4", ...malformedNumbers],
    allowed: "a whole number from 2 to 3",
  },
  natStrategy: {
    default: "single",
    valid: [
      ["none", "none", { interfaceEndpoints: endpoints, analyticsImage: privateImage }],
      ["single", "single"],
      ["perAz", "perAz"],
    ],
    invalid: ["", "None", "peraz", "true"],
    allowed: "one of none, single, perAz",
  },
  interfaceEndpoints: {
    default: [],
    valid: [
      ["[]", []],
      ['["kms", "ecr.api"]', ["kms", "ecr.api"]],
    ],
    invalid: [...malformedLists, '["s3"]', '["KMS"]', '["kms", "kms"]', '["toString"]', "kms"],
    allowed: "a list of secretsmanager, elasticache, kms, logs, xray, ecr.api, ecr.dkr, each once",
  },
  logRetentionDays: {
    default: 90,
    valid: [
      ["1", 1],
      ["3653", 3653],
    ],
    invalid: ["0", "2", "91", "3654", "-1", ...malformedNumbers],
    allowed: retentionDays,
  },
  auditRetentionDays: {
    default: 2192,
    valid: [
      ["2557", 2557],
      ["3653", 3653],
    ],
    invalid: ["0", "2191", "3654", ...malformedNumbers],
    allowed: retentionDays,
  },
  alarmEmails: {
    default: [],
    valid: [
      ["[]", []],
      ['["on-call@example.org", "a.b+c@mail.example.co.uk"]', ["on-call@example.org", "a.b+c@mail.example.co.uk"]],
    ],
    invalid: [
      ...malformedLists,
      "on-call@example.org",
      '["on-call"]',
      '["on-call@localhost"]',
      '["a b@example.org"]',
      '["@example.org"]',
      '["on-call@example.org", "on-call@example.org"]',
      `["${"a".repeat(65)}@example.org"]`,
      `["a@${"b.".repeat(126)}org"]`,
    ],
    allowed: "a list of e-mail addresses such as on-call@example.org, each once",
  },
  auditTrail: {
    default: false,
    valid: [
      ["true", true],
      ["false", false],
    ],
    invalid: ["", "yes", "1"],
    allowed: "true or false",
  },
  databaseInstanceClass: {
    default: "db.t4g.small",
    valid: [
      ["db.t3.micro", "db.t3.micro", { serviceConcurrency: "1" }],
      ["db.t4g.2xlarge", "db.t4g.2xlarge"],
      ["db.m8g.24xlarge", "db.m8g.24xlarge"],
      ["db.r6i.large", "db.r6i.large"],
    ],
    invalid: [
      "",
      "t4g.small",
      "db.t4g",
      "db.t4g.nano",
      "db.t2.small",
      "db.m5.medium",
      "cache.t4g.micro",
      "db.m7g.3xlarge",
    ],
    allowed:
      "an instance class of the t3, t4g, m5, m6g, m6i, m7g, m7i, m8g, r5, r6g, r6i, r7g, r7i or r8g family, such as db.t4g.small",
  },
  databaseEngineVersion: {
    default: "17",
    valid: [
      ["15", "15"],
      ["16.10", "16.10"],
      ["18", "18"],
    ],
    invalid: ["", "14", "19", "17.", "17.4.1", "seventeen", "17-rds"],
    allowed: "a major version from 15 to 18, such as 17, or a minor one, such as 17.4",
  },
  databaseAllocatedStorage: {
    default: 20,
    valid: [
      ["20", 20],
      ["59578", 59578, { databaseMaxAllocatedStorage: "65536" }],
    ],
    invalid: ["19", "65537", "-20", ...malformedNumbers],
    allowed: "a whole number from 20 to 65536 (GiB)",
  },
  databaseMaxAllocatedStorage: {
    default: 100,
    valid: [
      ["22", 22],
      ["65536", 65536],
    ],
    invalid: ["21", "65537", ...malformedNumbers],
    allowed: "a whole number from 22 to 65536 (GiB)",
  },
  databaseMultiAz: {
    default: true,
    valid: [
      ["true", true],
      ["false", false],
    ],
    invalid: ["", "yes", "FALSE", "0"],
    allowed: "true or false",
  },
  databaseBackupRetentionDays: {
    default: 30,
    valid: [
      ["30", 30],
      ["35", 35],
    ],
    invalid: ["7", "29", "36", ...malformedNumbers],
    allowed: "a whole number from 30 to 35",
  },
  databasePasswordRotationDays: {
    default: 30,
    valid: [
      ["1", 1],
      ["90", 90],
    ],
    invalid: ["0", "91", ...malformedNumbers],
    allowed: "a whole number from 1 to 90",
  },
  redisNodeType: {
    default: "cache.t4g.micro",
    valid: [
      ["cache.t3.small", "cache.t3.small"],
      ["cache.r7g.16xlarge", "cache.r7g.16xlarge"],
    ],
    invalid: ["", "t4g.micro", "cache.t4g", "cache.t4g.large", "cache.t2.micro", "db.t4g.micro"],
    allowed: "a node type of the t3, t4g, m5, m6g, m7g, r5, r6g or r7g family, such as cache.t4g.micro",
  },
  redisEngineVersion: {
    default: "7.1",
    valid: [
      ["7.0", "7.0"],
      ["7.1", "7.1"],
    ],
    invalid: ["", "7", "7.1.0", "6.2", "8.0", "7.x"],
    allowed: "a version of Redis 7 in the form 7.1",
  },
  redisNodeCount: {
    default: 2,
    valid: [
      ["2", 2],
      ["6", 6],
    ],
    invalid: ["1", "7", ...malformedNumbers],
    allowed: "a whole number from 2 to 6",
  },
  redisTokenRotationDays: {
    default: 30,
    valid: [
      ["1", 1],
      ["90", 90],
    ],
    invalid: ["0", "91", ...malformedNumbers],
    allowed: "a whole number from 1 to 90",
  },
  apiRateLimit: {
    default: 50,
    valid: [
      ["1", 1],
      ["10000", 10000],
    ],
    invalid: ["0", "10001", ...malformedNumbers],
    allowed: "a whole number from 1 to 10000",
  },
  apiBurstLimit: {
    default: 100,
    valid: [
      ["1", 1],
      ["5000", 5000],
    ],
    invalid: ["0", "5001", ...malformedNumbers],
    allowed: "a whole number from 1 to 5000",
  },
  wafRateLimit: {
    default: 2000,
    valid: [
      ["100", 100],
      ["2000000", 2000000],
    ],
    invalid: ["99", "2000001", ...malformedNumbers],
    allowed: "a whole number from 100 to 2000000",
  },
  threatProtection: {
    default: "enforced",
    valid: [
      ["off", "off"],
      ["audit", "audit"],
      ["enforced", "enforced"],
    ],
    invalid: ["", "on", "false", "ENFORCED"],
    allowed: "one of off, audit, enforced",
  },
  signInCallbackUrls: {
    default: ["http://localhost:3000/callback"],
    valid: [
      ['["https://records.example/callback?x=1"]', ["https://records.example/callback?x=1"]],
      ['["http://localhost", "http://localhost:1/x"]', ["http://localhost", "http://localhost:1/x"]],
      [JSON.stringify([`https://${"a".repeat(1016)}`]), [`https://${"a".repeat(1016)}`]],
    ],
    invalid: [
      ...malformedLists,
      "[]",
      '["http://records.example/"]',
      '["http://localhost.evil.example/"]',
      '["https://records.example/#fragment"]',
      '["https://records.example/ "]',
      '["javascript:alert(1)"]',
      '["https://a.example", "https://a.example"]',
      JSON.stringify([`https://${"a".repeat(1017)}`]),
    ],
    allowed: "a list of at least one https:// address, or http://localhost one, each once",
  },
  serviceMemory: {
    default: 512,
    valid: [
      ["128", 128],
      ["10240", 10240],
    ],
    invalid: ["127", "10241", ...malformedNumbers],
    allowed: "a whole number from 128 to 10240 (MiB)",
  },
  serviceConcurrency: {
    default: 20,
    valid: [
      ["1", 1],
      ["900", 900, large],
    ],
    invalid: ["0", "901", ...malformedNumbers],
    allowed: "a whole number from 1 to 900",
  },
  sessionIdleMinutes: {
    default: 15,
    valid: [
      ["1", 1],
      ["60", 60],
    ],
    invalid: ["0", "61", ...malformedNumbers],
    allowed: "a whole number from 1 to 60",
  },
  sessionAbsoluteHours: {
    default: 12,
    valid: [
      ["1", 1],
      ["24", 24],
    ],
    invalid: ["0", "25", ...malformedNumbers],
    allowed: "a whole number from 1 to 24",
  },
  sessionRequestsPerMinute: {
    default: 300,
    valid: [
      ["10", 10],
      ["6000", 6000],
    ],
    invalid: ["9", "6001", ...malformedNumbers],
    allowed: "a whole number from 10 to 6000",
  },
  cacheSeconds: {
    default: 300,
    valid: [
      ["0", 0],
      ["3600", 3600],
    ],
    invalid: ["-1", "3601", ...malformedNumbers],
    allowed: "a whole number from 0 to 3600",
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
    invalid: [
      "",
      "nginx",
      "nginx:latest",
      "public.ecr.aws/nginx/nginx-unprivileged",
      "public.ecr.aws/Nginx:1",
      "https://public.ecr.aws/nginx:1",
      "public.ecr.aws/nginx@sha256:0a",
      "public.ecr.aws/nginx:1 ",
      `public.ecr.aws/nginx:${"1".repeat(129)}`,
    ],
    allowed: "an image with a tag or digest, such as public.ecr.aws/nginx/nginx-unprivileged:stable-alpine",
  },
  analyticsCpu: {
    default: 256,
    valid: [
      ["256", 256],
      ["16384", 16384, { analyticsMemory: "32768" }],
    ],
    invalid: ["128", "300", "32768", ...malformedNumbers],
    allowed: "one of 256, 512, 1024, 2048, 4096, 8192, 16384",
  },
  analyticsMemory: {
    default: 512,
    valid: [
      ["512", 512],
      ["122880", 122880, { analyticsCpu: "16384" }],
    ],
    invalid: ["511", "122881", ...malformedNumbers],
    allowed: "a whole number from 512 to 122880 (MiB)",
  },
  analyticsMinimumTasks: {
    default: 1,
    valid: [
      ["0", 0],
      ["50", 50, { analyticsMaximumTasks: "50" }],
    ],
    invalid: ["-1", "51", ...malformedNumbers],
    allowed: "a whole number from 0 to 50",
  },
  analyticsMaximumTasks: {
    default: 4,
    valid: [
      ["1", 1],
      ["50", 50],
    ],
    invalid: ["0", "51", ...malformedNumbers],
    allowed: "a whole number from 1 to 50",
  },
  analyticsLogRetentionDays: {
    default: 7,
    valid: [
      ["1", 1],
      ["3653", 3653],
    ],
    invalid: ["0", "8", "3654", ...malformedNumbers],
    allowed: retentionDays,
  },
};

const rows = (Object.entries(table) as [Key, Row][]).map(([key, row]) => ({ key, ...row }));
const valid = rows.flatMap(({ key, valid: cases }) =>
  cases.map(([text, value, others = {}]) => ({ key, text, value, others })),
);
const invalid = rows.flatMap(({ key, invalid: cases, allowed }) => cases.map((text) => ({ key, text, allowed })));

describe("the configuration", () => {
  it("is all defaults when nothing is set", () => {
    expect(read({})).toEqual(Object.fromEntries(rows.map(({ key, default: value }) => [key, value])));
  });

  it("has these keys and no others", () => {
    expect(Object.keys(settings)).toEqual(Object.keys(table));
  });

  it.each(rows)("says of $key what is allowed", ({ key, allowed }) => {
    expect(settings[key].allowed).toBe(allowed);
  });

  it.each(valid)("reads $key $text", ({ key, text, value, others }) => {
    expect(read({ ...others, [key]: text })[key]).toEqual(value);
  });

  it.each(invalid)("refuses $key $text, and says what is allowed", ({ key, text, allowed }) => {
    const shown = text.length > 80 ? `${text.slice(0, 77)}...` : text;
    const [first = "", ...others] = mistakes({ [key]: text });
    expect(first).toBe(`${key}: ${JSON.stringify(shown)} allowed is ${allowed}`);
    expect(others).toEqual([]);
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

  const tooLong = "a-suffix-of-21-charss";
  it.each([
    ["environmentSuffix", { environmentSuffix: tooLong }, undefined, "dev"],
    ["environmentSuffix (from ENVIRONMENT_SUFFIX)", {}, tooLong, "dev"],
    ["environmentSuffix (from the stack's name)", {}, undefined, tooLong],
  ])(
    "of 21 characters is refused with the reason, wherever it comes from: %s",
    (origin, texts, variable, stackName) => {
      expect(mistakes(texts, variable, stackName)).toEqual([
        `${origin}: "${tooLong}" must have 1 to 20 characters; it has 21`,
      ]);
    },
  );

  it("of 20 characters is accepted", () => {
    expect(read({}, undefined, "a-suffix-of-20-chars").environmentSuffix).toHaveLength(20);
  });
});

describe("what contradicts", () => {
  const images = "public.ecr.aws/nginx/nginx-unprivileged:stable-alpine";
  const unreachable = `analyticsImage: "${images}" must be in a private ECR registry (<account>.dkr.ecr.<region>.amazonaws.com/…) when natStrategy is none: nothing else can be reached`;
  it.each<[string, Texts, string[]]>([
    [
      "a region outside the EU",
      { region: "us-east-1" },
      ['region: "us-east-1" must be in the EU (eu-…), unless allowRegionOutsideEu is true'],
    ],
    ["a region outside the EU that is allowed", { region: "us-east-1", allowRegionOutsideEu: "true" }, []],
    ["an empty block", { vpcCidr: "" }, ['vpcCidr: "" must be an IPv4 block such as 10.0.0.0/16']],
    [
      "a block too small",
      { vpcCidr: "10.0.0.0/20" },
      ['vpcCidr: "10.0.0.0/20" must be between /16 and /18, so that every subnet fits in it'],
    ],
    [
      "a block that begins elsewhere",
      { vpcCidr: "10.0.4.0/18" },
      ['vpcCidr: "10.0.4.0/18" must begin at the first address of its block: 10.0.0.0/18'],
    ],
    [
      "a block of public addresses",
      { vpcCidr: "8.8.0.0/16" },
      ['vpcCidr: "8.8.0.0/16" must lie in a private range: 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 (RFC 1918)'],
    ],
    [
      "blocks that overlap",
      { vpcCidr: "10.7.0.0/16", reservedCidrs: '["10.0.0.0/8", "10.7.1.0/24", "10.8.0.0/16"]' },
      ['vpcCidr: "10.7.0.0/16" must not overlap 10.0.0.0/8, 10.7.1.0/24 of reservedCidrs'],
    ],
    ["blocks side by side", { vpcCidr: "10.7.0.0/16", reservedCidrs: '["10.6.0.0/16", "10.8.0.0/16"]' }, []],
    [
      "no NAT without endpoints and with a public image",
      { natStrategy: "none" },
      [
        'interfaceEndpoints: "[]" must also hold secretsmanager, elasticache, logs, xray, ecr.api, ecr.dkr when natStrategy is none',
        unreachable,
      ],
    ],
    [
      "no NAT with some endpoints",
      { natStrategy: "none", interfaceEndpoints: '["logs", "kms"]', analyticsImage: privateImage },
      [
        'interfaceEndpoints: "[\\"logs\\",\\"kms\\"]" must also hold secretsmanager, elasticache, xray, ecr.api, ecr.dkr when natStrategy is none',
      ],
    ],
    ["no NAT with a public image", { natStrategy: "none", interfaceEndpoints: endpoints }, [unreachable]],
    [
      "no NAT with every endpoint and a private image",
      { natStrategy: "none", interfaceEndpoints: endpoints, analyticsImage: privateImage },
      [],
    ],
    [
      "storage without room to grow",
      { databaseAllocatedStorage: "91" },
      ['databaseMaxAllocatedStorage: "100" must be at least 101, 10 % above databaseAllocatedStorage (91)'],
    ],
    ["storage with 10 % to grow", { databaseAllocatedStorage: "90", databaseMaxAllocatedStorage: "99" }, []],
    [
      "more concurrency than the database has connections for",
      { databaseInstanceClass: "db.t4g.micro", serviceConcurrency: "40" },
      ['serviceConcurrency: "40" must be at most 39: db.t4g.micro has connections for no more'],
    ],
    [
      "as much concurrency as the database has connections for",
      { databaseInstanceClass: "db.t4g.micro", serviceConcurrency: "39" },
      [],
    ],
    [
      "memory that Fargate does not accept beside the CPU",
      { analyticsCpu: "512", analyticsMemory: "512" },
      ['analyticsMemory: "512" must be one of 1024, 2048, 3072, 4096 when analyticsCpu is 512'],
    ],
    ["memory that Fargate accepts beside the CPU", { analyticsCpu: "512", analyticsMemory: "3072" }, []],
    [
      "fewer tasks at most than at least",
      { analyticsMinimumTasks: "3", analyticsMaximumTasks: "2" },
      ['analyticsMaximumTasks: "2" must not be below analyticsMinimumTasks (3)'],
    ],
    [
      "a session that may be idle for as long as it may last",
      { sessionIdleMinutes: "60", sessionAbsoluteHours: "1" },
      [],
    ],
    ["as many tasks at most as at least", { analyticsMinimumTasks: "3", analyticsMaximumTasks: "3" }, []],
  ])("%s", (_, texts, expected) => {
    expect(mistakes(texts)).toEqual(expected);
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
    ["db.t4g.micro", 112],
    ["db.t4g.small", 225],
    ["db.t3.medium", 450],
    ["db.m7g.large", 901],
    ["db.m7g.xlarge", 1802],
    ["db.m7g.2xlarge", 3604],
    ["db.r7g.large", 1802],
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

  it("declare every key with its type, description and default, and no other", () => {
    const declared = Object.entries(settings).map(([key, { type, description, default: value }]) => [
      key,
      { type, ...(type === "array" && { items: { type: "string" } }), description, default: value },
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
