import "./mocked-bundle";
import { settings } from "../../lib/config";
import { livingEnvironment } from "./living-environment";
import { isolated, mistakesOfProgram, previously } from "./program";
import { wrongValues, type Key, type WrongValue } from "./wrong-configurations";

const keys = Object.keys(settings) as Key[];

/** The values of one kind for each key, at most one a key. */
const oneForEachKey = (wanted: (value: WrongValue) => boolean): WrongValue[] =>
  keys.flatMap((key) => wrongValues.find((value) => value.key === key && wanted(value)) ?? []);

describe("a wrong value is refused before any resource, with its key and what is allowed:", () => {
  const named = wrongValues.map((value) => {
    const { key, kind, text } = value;
    return [`${key}, ${kind}: ${JSON.stringify(text.slice(0, 60))}`, value] as const;
  });
  it.each(named)("%s", async (_, { key, text, line }) => {
    expect(await mistakesOfProgram({ [key]: text })).toEqual([line]);
  });
});

describe("the wrong values", () => {
  it("are of these numbers, some of each kind for every key that can have it", () => {
    const count = (kind: string) =>
      new Set(wrongValues.filter((value) => value.kind === kind).map(({ key }) => key)).size;
    expect(wrongValues.length).toBe(1628);
    expect({
      empty: count("empty"),
      "wrong type": count("wrong type"),
      below: count("below"),
      above: count("above"),
      malformed: count("malformed"),
      injection: count("injection"),
      Unicode: count("Unicode"),
      huge: count("huge"),
    }).toEqual({
      empty: keys.length,
      "wrong type": keys.length,
      below: 27,
      above: 32,
      malformed: keys.length,
      injection: keys.length,
      Unicode: keys.length,
      huge: keys.length,
    });
  });

  it.each(["empty", "injection", "Unicode", "huge"])(
    "are all reported at once: %s ones for every key",
    async (kind) => {
      const values = oneForEachKey((value) => value.kind === kind);
      const mistakes = await mistakesOfProgram(Object.fromEntries(values.map(({ key, text }) => [key, text])));
      expect(mistakes.sort()).toEqual(values.map(({ line }) => line).sort());
      expect(mistakes).toHaveLength(keys.length);
    },
  );
});

describe("a key that is none", () => {
  it("is refused by the program, whose own keys only are read", async () => {
    expect(await mistakesOfProgram({ databseMultiAz: "false" })).toEqual([
      'databseMultiAz: "false" is no key; docs/configuration.md lists them all',
    ]);
  });
});

describe("a missing suffix", () => {
  it("is refused where what stands in for it cannot be one", async () => {
    const reason =
      "must begin with a letter, end with a letter or digit, and hold only lower-case letters, digits and hyphens";
    expect(await mistakesOfProgram({}, { stack: "Prod.1" })).toEqual([
      `environmentSuffix (from the stack's name): "Prod.1" ${reason}`,
    ]);
    expect(await mistakesOfProgram({}, { variable: "$(id)" })).toEqual([
      `environmentSuffix (from ENVIRONMENT_SUFFIX): "$(id)" ${reason}`,
    ]);
  });
});

const publicImage = "public.ecr.aws/nginx/nginx-unprivileged:stable-alpine";
const unreachable = (image: string) =>
  `analyticsImage: "${image}" must be in a private ECR registry of the region (<account>.dkr.ecr.eu-west-1.amazonaws.com/…) when natStrategy is none: nothing else can be reached`;
const distantImage = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/analytics:1";

describe("values that contradict each other are refused before any resource:", () => {
  it.each<[string, Record<string, string>, string[]]>([
    [
      "a region outside the EU",
      { region: "us-east-1" },
      ['region: "us-east-1" must be in the EU (eu-…), unless allowRegionOutsideEu is true'],
    ],
    [
      "a block that overlaps reserved ones",
      { vpcCidr: "10.7.0.0/16", reservedCidrs: '["10.0.0.0/8", "10.7.1.0/24", "10.8.0.0/16"]' },
      ['vpcCidr: "10.7.0.0/16" must not overlap 10.0.0.0/8, 10.7.1.0/24 of reservedCidrs'],
    ],
    [
      "a block that overlaps many reserved ones",
      { reservedCidrs: JSON.stringify(Array.from({ length: 100 }, (_, index) => `10.0.${index}.0/24`)) },
      ['vpcCidr: "10.0.0.0/16" must not overlap 10.0.0.0/24, 10.0.1.0/24, 10.0.2.0/24 and 97 more of reservedCidrs'],
    ],
    [
      "no NAT without endpoints and with a public image",
      { natStrategy: "none" },
      [
        'interfaceEndpoints: "[]" must also hold secretsmanager, elasticache, logs, xray, ecr.api, ecr.dkr when natStrategy is none',
        unreachable(publicImage),
      ],
    ],
    [
      "no NAT with some endpoints",
      { ...isolated, interfaceEndpoints: '["logs", "kms"]' },
      [
        'interfaceEndpoints: "[\\"logs\\",\\"kms\\"]" must also hold secretsmanager, elasticache, xray, ecr.api, ecr.dkr when natStrategy is none',
      ],
    ],
    ["no NAT with a public image", { ...isolated, analyticsImage: publicImage }, [unreachable(publicImage)]],
    [
      "no NAT with an image of another region",
      { ...isolated, analyticsImage: distantImage },
      [unreachable(distantImage)],
    ],
    [
      "storage without room to grow",
      { databaseAllocatedStorage: "91" },
      ['databaseMaxAllocatedStorage: "100" must be at least 101, 10 % above databaseAllocatedStorage (91)'],
    ],
    [
      "more concurrency than the database has connections for",
      { databaseInstanceClass: "db.t4g.micro", serviceConcurrency: "30" },
      ['serviceConcurrency: "30" must be at most 29: db.t4g.micro has connections for no more'],
    ],
    [
      "memory that Fargate does not accept beside the CPU",
      { analyticsCpu: "512", analyticsMemory: "512" },
      ['analyticsMemory: "512" must be one of 1024, 2048, 3072, 4096 when analyticsCpu is 512'],
    ],
    [
      "fewer tasks at most than at least",
      { analyticsMinimumTasks: "3", analyticsMaximumTasks: "2" },
      ['analyticsMaximumTasks: "2" must not be below analyticsMinimumTasks (3)'],
    ],
  ])("%s", async (_, configuration, expected) => {
    expect(await mistakesOfProgram(configuration)).toEqual(expected);
  });

  it.each<[string, Record<string, string>, string]>([
    [
      "an instance class",
      { databaseInstanceClass: "db.m7g.lrage", serviceConcurrency: "100" },
      "databaseInstanceClass",
    ],
    ["a NAT strategy", { natStrategy: "no", interfaceEndpoints: "[]" }, "natStrategy"],
    ["endpoints", { ...isolated, interfaceEndpoints: '["lgos"]' }, "interfaceEndpoints"],
    ["CPU units", { analyticsCpu: "1000", analyticsMemory: "4096" }, "analyticsCpu"],
    ["reserved blocks", { reservedCidrs: '["10.0.0.0/8", "x"]' }, "reservedCidrs"],
  ])("nothing is said to contradict %s that cannot be read", async (_, configuration, key) => {
    expect((await mistakesOfProgram(configuration)).map((line) => line.split(":")[0])).toEqual([key]);
  });
});

describe("what an environment cannot become is refused before any resource:", () => {
  const wayOut = "make a new environment, in a stack of its own, or destroy this one first";
  const unchanged = { availabilityZoneCount: "3", auditTrail: "true" };
  const calls = previously(livingEnvironment);

  it.each<[string, Record<string, string>, string]>([
    [
      "another suffix",
      { environmentSuffix: "other" },
      `environmentSuffix: "other" must stay dev, as every name ends with it: ${wayOut}`,
    ],
    [
      "another region",
      { region: "eu-central-1" },
      `region: "eu-central-1" must stay eu-west-1, where the data is: ${wayOut}`,
    ],
    [
      "another VPC",
      { vpcCidr: "10.0.0.0/17" },
      `vpcCidr: "10.0.0.0/17" must stay 10.0.0.0/16, as data stores cannot move to another VPC: ${wayOut}`,
    ],
    [
      "fewer zones",
      { availabilityZoneCount: "2" },
      `availabilityZoneCount: "2" must not go below 3, as AWS takes no subnet from data stores: ${wayOut}`,
    ],
    [
      "an older major version of PostgreSQL",
      { databaseEngineVersion: "16" },
      'databaseEngineVersion: "16" must not go below 17.6, which the database has: AWS does not take a version back',
    ],
    [
      "an older minor version of PostgreSQL",
      { databaseEngineVersion: "17.5" },
      'databaseEngineVersion: "17.5" must not go below 17.6, which the database has: AWS does not take a version back',
    ],
    [
      "less storage than there is",
      { databaseMaxAllocatedStorage: "89" },
      'databaseMaxAllocatedStorage: "89" must not go below 90, which the database has grown to: AWS does not take storage back',
    ],
    [
      "no trail any more",
      { auditTrail: "false" },
      'auditTrail: "false" must stay true, unless allowDataLoss names trail: the trail of calls of AWS\'s APIs would be lost',
    ],
  ])("%s", async (_, changes, line) => {
    expect(await mistakesOfProgram({ ...unchanged, ...changes }, { calls })).toEqual([line]);
  });

  it("another suffix, wherever it comes from", async () => {
    const reason = `must stay dev, as every name ends with it: ${wayOut}`;
    expect(await mistakesOfProgram(unchanged, { calls, stack: "main" })).toEqual([
      `environmentSuffix (from the stack's name): "main" ${reason}`,
    ]);
  });

  it("all of it at once, beside other mistakes, and only once a key", async () => {
    const mistakes = await mistakesOfProgram(
      { environmentSuffix: "Other", region: "Ireland", vpcCidr: "10.1.0.0/16", databaseEngineVersion: "15" },
      { calls },
    );
    expect(mistakes.map((line) => line.split(" ", 4).join(" "))).toEqual([
      'region: "Ireland" allowed is',
      'environmentSuffix: "Other" must begin',
      'vpcCidr: "10.1.0.0/16" must stay',
      'availabilityZoneCount: "2" must not',
      'auditTrail: "false" must stay',
      'databaseEngineVersion: "15" must not',
    ]);
  });
});
