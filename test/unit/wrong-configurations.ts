import { type settings } from "../../lib/config";

export type Key = keyof typeof settings;

/** What is wrong with a value. */
type Kind = "empty" | "wrong type" | "below" | "above" | "malformed" | "injection" | "Unicode" | "huge";

/** A value that a key refuses, whatever the other keys are. */
export interface WrongValue {
  key: Key;
  kind: Kind;
  text: string;
  /** How the mistake is reported. */
  line: string;
}

/** Texts that a key refuses; those of Unicode as messages show them. */
type WrongTexts = Partial<Record<Kind, string[]>>;

const megabyte = 1_000_000;

const hostile = [
  "$(touch /tmp/x)",
  "; drop table x",
  "\"' or 1=1 --",
  "x\ntap:region: x",
  "../../etc/x",
  "<script>x",
  "%0a%0d",
];

/** What looks like a value: with marks of direction, of no width, of joining, of nothing, and with letters and digits of other alphabets. */
function lookalikes(value: string): string[] {
  const others = { a: "\\u0430", c: "\\u0441", e: "\\u0435", o: "\\u043e", 1: "\\uff11", 2: "\\uff12", 7: "\\uff17" };
  return [
    `\\u202e${value}`,
    `${value}\\u200b`,
    `${value}\\u0301`,
    `${value}\\u0000`,
    ...Object.entries(others).flatMap(([ascii, other]) => (value.includes(ascii) ? value.replace(ascii, other) : [])),
  ];
}

/** For a whole number. */
function number(below: string, above: string): WrongTexts {
  return {
    empty: ["", " "],
    "wrong type": ["ten", "null", "true", "[30]", "{}", '"30"'],
    below: [below, "-1000000"],
    above: [above, "9".repeat(30)],
    malformed: ["1.5", "1e1", "0x10", " 30", "30 ", "+30", "030", "3_0", "NaN", "Infinity", "-0", "3O"],
    injection: hostile,
    Unicode: lookalikes("12"),
    huge: ["9".repeat(megabyte)],
  };
}

/** For a number of days that CloudWatch Logs can keep events. */
const retention: WrongTexts = { ...number("0", "3654"), malformed: ["2", "91", "7.0", " 30", "030", "30,60"] };

const flag: WrongTexts = {
  empty: ["", " "],
  "wrong type": ["1", "0", "null", "[true]", "{}", '"true"'],
  malformed: ["yes", "True", "FALSE", "true ", "truefalse"],
  injection: hostile,
  Unicode: lookalikes("true"),
  huge: ["true".repeat(megabyte / 4)],
};

/** For a text of a form that one is given of. */
function form(accepted: string): WrongTexts {
  return {
    empty: ["", " "],
    "wrong type": ["5", "true", "null", "[]", "{}", JSON.stringify(accepted), JSON.stringify([accepted])],
    injection: [...hostile, ...hostile.map((text) => `${accepted}${text}`)],
    Unicode: lookalikes(accepted),
    huge: [accepted.repeat(megabyte / accepted.length)],
  };
}

/** For a list of texts that one is given of. */
function list(accepted: string): WrongTexts {
  return {
    empty: ["", " ", '[""]'],
    "wrong type": ["none", "null", "{}", "1", JSON.stringify(accepted), "[1]", "[null]", "[[]]", "[true]", accepted],
    malformed: ["[", `["${accepted}"`, `["${accepted}",]`, `['${accepted}']`, JSON.stringify([accepted, accepted])],
    injection: [...hostile, ...hostile.map((text) => JSON.stringify([text]))],
    Unicode: lookalikes(accepted).map((item) => `[\\"${item}\\"]`),
    huge: [JSON.stringify(numbered(10_000, (index) => `x${index}`))],
  };
}

function numbered<T>(count: number, item: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => item(index));
}

function numberedTags(count: number): string {
  return JSON.stringify(Object.fromEntries(numbered(count, (index) => [`Tag${index}`, "x"])));
}

function refused(key: Key, reason: string, texts: WrongTexts): WrongValue[] {
  return (Object.entries(texts) as [Kind, string[]][]).flatMap(([kind, values]) =>
    values.map((value) => {
      const text = kind === "Unicode" ? (JSON.parse(`"${value}"`) as string) : value;
      const shown =
        kind === "Unicode" ? `"${value}"` : JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
      return { key, kind, text, line: `${key}: ${shown} ${reason}` };
    }),
  );
}

const suffixForm =
  "must begin with a letter, end with a letter or digit, and hold only lower-case letters, digits and hyphens";
const tags =
  "at most 40 tags: names of 1 to 128 and values of up to 256 letters, digits, spaces and + - = . _ : / @; names that differ in more than case, none of them Environment, Project, ManagedBy, DataClassification, Name or beginning with aws:";
const retentionDays =
  "one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653";
const instanceClass =
  "an instance class of the t3, t4g, m5, m6g, m6i, m7g, m7i, m8g, r5, r6g, r6i, r7g, r7i or r8g family, such as db.t4g.small";
const nodeType = "a node type of the t3, t4g, m5, m6g, m7g, r5, r6g or r7g family, such as cache.t4g.micro";
const callbackUrls =
  "a list of 1 to 100 addresses, each once, of up to 1024 characters: https://, or http:// of localhost, as browsers write it, without user or fragment";
const image =
  "an image with a tag or digest, of up to 255 characters, such as public.ecr.aws/nginx/nginx-unprivileged:stable-alpine";
const publicImage = "public.ecr.aws/nginx/nginx-unprivileged:stable-alpine";

/** Every key with what it refuses, and what the message then says. */
export const wrongValues: WrongValue[] = [
  ...refused("environmentSuffix", suffixForm, {
    empty: [" "],
    "wrong type": ["5", "[]", "{}", '"dev"', '["dev"]'],
    malformed: ["Dev", "1a", "-a", "a-", "a_b", "a.b", "a b", "dev\n"],
    injection: hostile,
    Unicode: lookalikes("dev-1"),
  }),
  ...refused("environmentSuffix", "must have 1 to 20 characters; it has 21", { above: ["a-suffix-of-21-charss"] }),
  ...refused("environmentSuffix", "must have 1 to 20 characters; it has 1000000", { huge: ["a".repeat(megabyte)] }),
  ...refused("environmentSuffix", "must not hold two hyphens in a row (RDS and ElastiCache refuse such identifiers)", {
    malformed: ["a--b"],
  }),
  ...["aws", "amazon", "cognito"].flatMap((word) =>
    refused("environmentSuffix", `must not contain "${word}" (Cognito refuses it in the domain of the sign-in pages)`, {
      malformed: [`my-${word}`],
    }),
  ),
  ...refused(
    "environmentSuffix",
    'must not be "bootstrap" (the account\'s state backend and deploy roles have it in their tags)',
    { malformed: ["bootstrap"] },
  ),
  ...refused("region", "allowed is an AWS region such as eu-west-1", {
    ...form("eu-west-1"),
    malformed: ["eu", "eu-west", "EU-WEST-1", "eu-west-1a", "Ireland", "eu_west_1", "eu-west-10", "eu-west-1\n"],
  }),
  ...refused(
    "permissionsBoundary",
    "allowed is the ARN of an IAM policy such as arn:aws:iam::123456789012:policy/tap-boundary-dev",
    {
      ...form("arn:aws:iam::123456789012:policy/tap-boundary-dev"),
      empty: [" "],
      malformed: ["tap-boundary-dev", "arn:aws:iam::12345:policy/limits", "arn:aws:iam::123456789012:role/limits"],
    },
  ),
  ...refused("allowRegionOutsideEu", "allowed is true or false", flag),
  ...refused("tags", `allowed is ${tags}`, {
    empty: ["", " ", '{"": "x"}'],
    "wrong type": ["5", "true", "null", "[]", '"x"', '{"Team": 1}', '{"Team": null}', '{"Team": {}}', '["Team"]'],
    above: [numberedTags(41), JSON.stringify({ ["k".repeat(129)]: "v" }), JSON.stringify({ k: "v".repeat(257) })],
    malformed: [
      "Team=records",
      "{",
      "{Team: records}",
      '{"aws:team": "x"}',
      '{"AWS:team": "x"}',
      '{"Team": "a", "team": "b"}',
      ...["Environment", "project", "MANAGEDBY", "DataClassification", "name"].map((name) => `{"${name}": "x"}`),
    ],
    injection: [
      ...hostile,
      ...["$(touch /tmp/x)", "; drop table x", "\"' or 1=1 --", "x\nx: x", "<script>x", "%0a%0d"].flatMap((text) => [
        JSON.stringify({ [text]: "x" }),
        JSON.stringify({ Team: text }),
      ]),
    ],
    Unicode: ["\\u202eTeam", "Team\\u200b", "Te\\u0301am", "Team\\u00ad"].flatMap((text) => [
      `{\\"${text}\\": \\"x\\"}`,
      `{\\"Team\\": \\"${text}\\"}`,
    ]),
    huge: [numberedTags(10_000), JSON.stringify({ Team: "x".repeat(megabyte) }), '{"x":'.repeat(megabyte / 5)],
  }),
  ...refused("allowDataLoss", "allowed is a list of database, cache, keys, users, audit, trail, each once", {
    ...list("cache"),
    malformed: [...(list("cache").malformed ?? []), '["all"]', '["*"]', '["Cache"]', '["redis"]', '["toString"]'],
  }),
  ...refused("vpcCidr", "must be an IPv4 block such as 10.0.0.0/16", {
    ...form("10.0.0.0/16"),
    malformed: [
      "10.0.0.0",
      "10.0.0/16",
      "10.0.0.0.0/16",
      "10.0.0.256/16",
      "010.0.0.0/16",
      "10.0.0.0/016",
      "10.0.0.0/-1",
      "10.0.0.0/16\n",
      "fd00::/16",
    ],
  }),
  ...refused("vpcCidr", "must be between /16 and /18, so that every subnet fits in it", {
    below: ["10.0.0.0/19", "10.0.0.0/28"],
    above: ["10.0.0.0/15", "10.0.0.0/0"],
  }),
  ...refused("vpcCidr", "must begin at the first address of its block: 10.0.0.0/18", { malformed: ["10.0.4.0/18"] }),
  ...refused("vpcCidr", "must lie in a private range: 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 (RFC 1918)", {
    malformed: ["8.8.0.0/16"],
  }),
  ...refused("reservedCidrs", "allowed is a list of at most 100 IPv4 blocks such as 10.1.0.0/16, each once", {
    ...list("10.1.0.0/16"),
    above: [JSON.stringify(numbered(101, (index) => `10.${index}.0.0/16`))],
    huge: [JSON.stringify(numbered(10_000, (index) => `192.168.${Math.floor(index / 256)}.${index % 256}/32`))],
    malformed: [
      '["10.1.0.0"]',
      '["10.1.0/16"]',
      '["10.1.0.0.0/16"]',
      '["10.1.0.256/16"]',
      '["10.01.0.0/16"]',
      '["10.1.0.0/33"]',
      '["10.1.0.0/016"]',
      '["10.1.0.0/16", "10.1.0.0/16"]',
    ],
  }),
  ...refused("availabilityZoneCount", "allowed is a whole number from 2 to 3", number("1", "4")),
  ...refused("natStrategy", "allowed is one of none, single, perAz", {
    ...form("single"),
    malformed: ["None", "peraz", "per-az", "single ", "none,single"],
  }),
  ...refused(
    "interfaceEndpoints",
    "allowed is a list of secretsmanager, elasticache, kms, logs, xray, ecr.api, ecr.dkr, each once",
    { ...list("kms"), malformed: ['["s3"]', '["KMS"]', '["kms", "kms"]', '["toString"]', '["kms"'] },
  ),
  ...refused("logRetentionDays", `allowed is ${retentionDays}`, retention),
  ...refused("auditRetentionDays", `allowed is ${retentionDays}`, retention),
  ...refused("alarmEmails", "allowed is a list of at most 20 e-mail addresses such as on-call@example.org, each once", {
    ...list("on-call@example.org"),
    above: [
      JSON.stringify(numbered(21, (index) => `on-call-${index}@example.org`)),
      `["${"a".repeat(65)}@example.org"]`,
      `["a@${"b.".repeat(126)}org"]`,
    ],
    malformed: [
      '["on-call"]',
      '["on-call@localhost"]',
      '["a b@example.org"]',
      '["@example.org"]',
      '["on-call@example.org", "on-call@example.org"]',
      '["on-call@example.org\\r\\nBcc: x@example.org"]',
      '["On Call <on-call@example.org>"]',
    ],
    huge: [JSON.stringify(numbered(10_000, (index) => `on-call-${index}@example.org`))],
  }),
  ...refused("auditTrail", "allowed is true or false", flag),
  ...refused("databaseInstanceClass", `allowed is ${instanceClass}`, {
    ...form("db.t4g.small"),
    malformed: [
      "t4g.small",
      "db.t4g",
      "db.t4g.nano",
      "db.t2.small",
      "db.m5.medium",
      "cache.t4g.micro",
      "db.m7g.3xlarge",
      "db-t4g-small",
    ],
  }),
  ...refused(
    "databaseEngineVersion",
    "allowed is a major version from 15 to 18, such as 17, or a minor one, such as 17.4",
    {
      ...form("17"),
      below: ["14", "14.9", "-17"],
      above: ["19", "19.1", "170"],
      malformed: ["17.", "17.4.1", "17.04", "17.0", "17-rds", "v17", "latest"],
      // A number is a version, here.
      "wrong type": ["true", "null", "[17]", "{}", '"17"', "seventeen"],
    },
  ),
  ...refused("databaseAllocatedStorage", "allowed is a whole number from 20 to 65536 (GiB)", number("19", "65537")),
  ...refused("databaseMaxAllocatedStorage", "allowed is a whole number from 22 to 65536 (GiB)", number("21", "65537")),
  ...refused("databaseMultiAz", "allowed is true or false", flag),
  ...refused("databaseBackupRetentionDays", "allowed is a whole number from 30 to 35", number("29", "36")),
  ...refused("databasePasswordRotationDays", "allowed is a whole number from 1 to 90", number("0", "91")),
  ...refused("redisNodeType", `allowed is ${nodeType}`, {
    ...form("cache.t4g.micro"),
    malformed: ["t4g.micro", "cache.t4g", "cache.t4g.large", "cache.t2.micro", "db.t4g.micro"],
  }),
  ...refused("redisEngineVersion", "allowed is a version of Redis 7 in the form 7.1", {
    ...form("7.1"),
    below: ["6.2", "5.0.6"],
    above: ["7.2", "8.0"],
    malformed: ["7", "7.1.0", "7.x", "7,1", "7.01"],
  }),
  ...refused("redisNodeCount", "allowed is a whole number from 2 to 6", number("1", "7")),
  ...refused("redisTokenRotationDays", "allowed is a whole number from 1 to 90", number("0", "91")),
  ...refused("apiRateLimit", "allowed is a whole number from 1 to 10000", number("0", "10001")),
  ...refused("apiBurstLimit", "allowed is a whole number from 1 to 5000", number("0", "5001")),
  ...refused("wafRateLimit", "allowed is a whole number from 100 to 2000000", number("99", "2000001")),
  ...refused("threatProtection", "allowed is one of off, audit, enforced", {
    ...form("enforced"),
    malformed: ["on", "ENFORCED", "enforced ", "off,audit"],
  }),
  ...refused("signInCallbackUrls", `allowed is ${callbackUrls}`, {
    ...list("https://records.example/callback"),
    below: ["[]"],
    huge: [JSON.stringify(numbered(10_000, (index) => `https://records.example/${index}`))],
    above: [
      JSON.stringify(numbered(101, (index) => `https://records.example/${index}`)),
      JSON.stringify([`https://${"a".repeat(1017)}`]),
    ],
    malformed: [
      '["http://records.example/"]',
      '["http://localhost.evil.example/"]',
      '["https://"]',
      '["//records.example/"]',
      '["HTTPS://records.example/"]',
      '["https://records.example/#fragment"]',
      '["https://records.example/#"]',
      '["https://records.example/ "]',
      '["https://a.example", "https://a.example"]',
    ],
    injection: [
      ...hostile,
      ...[
        ...hostile,
        "javascript:alert(1)",
        "data:text/html,x",
        "https://user@records.example/",
        "https://user:password@records.example/",
        "https://records.example\\@evil.example/",
        "https://records.example/../x",
        "https://records.example/<script>x",
        "https://records.example/%0d%0aSet-Cookie:x",
        "https://records.example/\t",
      ].map((url) => JSON.stringify([url])),
    ],
  }),
  ...refused("serviceMemory", "allowed is a whole number from 128 to 10240 (MiB)", number("127", "10241")),
  ...refused("serviceConcurrency", "allowed is a whole number from 1 to 900", number("0", "901")),
  ...refused("sessionIdleMinutes", "allowed is a whole number from 1 to 60", number("0", "61")),
  ...refused("sessionAbsoluteHours", "allowed is a whole number from 1 to 24", number("0", "25")),
  ...refused("sessionRequestsPerMinute", "allowed is a whole number from 10 to 6000", number("9", "6001")),
  ...refused("cacheSeconds", "allowed is a whole number from 0 to 3600", number("-1", "3601")),
  ...refused("analyticsImage", `allowed is ${image}`, {
    ...form(publicImage),
    above: [`public.ecr.aws/nginx:${"1".repeat(129)}`, `public.ecr.aws/${"x".repeat(239)}:1`],
    malformed: [
      "nginx",
      "nginx:latest",
      "public.ecr.aws/nginx/nginx-unprivileged",
      "public.ecr.aws/Nginx:1",
      "https://public.ecr.aws/nginx:1",
      "public.ecr.aws//nginx:1",
      "public.ecr.aws/nginx@sha256:0a",
      "public.ecr.aws/nginx:1 ",
    ],
  }),
  ...refused("analyticsCpu", "allowed is one of 256, 512, 1024, 2048, 4096, 8192, 16384", {
    ...number("128", "32768"),
    malformed: ["300", "256.0", "0256", "1 vCPU", ".25"],
  }),
  ...refused("analyticsMemory", "allowed is a whole number from 512 to 122880 (MiB)", number("511", "122881")),
  ...refused("analyticsMinimumTasks", "allowed is a whole number from 0 to 50", number("-1", "51")),
  ...refused("analyticsMaximumTasks", "allowed is a whole number from 1 to 50", number("0", "51")),
  ...refused("analyticsLogRetentionDays", `allowed is ${retentionDays}`, retention),
];
