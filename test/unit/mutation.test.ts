import "./mocked-bundle";
import { join } from "node:path";
import { UserError } from "../../tools/cli";
import { repository } from "../../tools/paths";
import { additions } from "../mutation/additions";
import { policyJudge } from "../mutation/by-policies";
import { type Change, changed, classOf } from "../mutation/change";
import { recordTopic } from "../mutation/fixtures/topic";
import { flipsOf } from "../mutation/flips";
import { applies, harmless } from "../mutation/harmless";
import { tryInTests } from "../mutation/jest-run";
import { titleOf } from "../mutation/mutant";
import { mutantsOf } from "../mutation/mutants";
import { outcomesOf, summaryOf, survived } from "../mutation/outcomes";
import { mutatedPrograms } from "../mutation/programs";
import { changedAt, members } from "../mutation/values";
import { openings, weaker } from "../mutation/weaker-values";
import { isolated, recordProgram } from "./program";
import { only, type Recorded, type Values } from "./recorder";

jest.mock("../mutation/by-tests", () => ({ failingTests: () => Promise.resolve(new Map()) }));

/** Titles and values of the flips of what is at a path. */
const flips = (path: string, value: unknown) =>
  Object.fromEntries(flipsOf(path.split("."), value).map((flip) => [flip.title, flip.value]));

describe("the flips", () => {
  it.each<[string, string, unknown, Record<string, unknown>]>([
    ["a boolean", "enableKeyRotation", true, { negated: false, dropped: undefined }],
    ["a number", "retentionInDays", 90, { lowered: 89, raised: 91, dropped: undefined }],
    ["a text", "engine", "postgres", { another: "postgres-another", dropped: undefined }],
    [
      "a text that has weaker ones",
      "mfaConfiguration",
      "ON",
      { '= "OFF"': "OFF", '= "OPTIONAL"': "OPTIONAL", dropped: undefined },
    ],
    ["a text that has an opposite", "parameters.0.value", "1", { '= "0"': "0", dropped: undefined }],
    ["a list", "enabledCloudwatchLogsExports", ["postgresql"], { dropped: undefined }],
    ["a list that can be opened", "subnetIds", ["a"], { opened: ["a", "subnet-another"], dropped: undefined }],
    ["an object", "tracingConfig", { mode: "Active" }, { dropped: undefined }],
    [
      "an object that has a weaker one",
      "rules.0.overrideAction",
      { none: {} },
      { '= {"count":{}}': { count: {} }, dropped: undefined },
    ],
  ])("of %s", (_, path, value, expected) => {
    expect(flips(path, value)).toEqual(expected);
  });

  it("of a policy make it allow more or deny less", () => {
    const allow = {
      Sid: "Read",
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: "arn:bucket/*",
      Condition: { StringEquals: { a: "1" } },
    };
    const deny = { Effect: "Deny", Principal: "*", Action: ["s3:Get*", "s3:Put*"], Resource: "*" };
    const all = { Effect: "Allow", Action: "*", Resource: "*", Principal: "*" };
    const policy = (...Statement: object[]) => ({ Version: "2012-10-17", Statement });
    const told = flips("policy", JSON.stringify(policy(allow, deny)));
    const documents = Object.entries(told).map(([title, text]) => [
      title,
      text && (JSON.parse(text as string) as object),
    ]);
    expect(Object.fromEntries(documents)).toEqual({
      "and everything allowed": policy(allow, deny, all),
      "Read Action *": policy({ ...allow, Action: "*" }, deny),
      "Read Resource *": policy({ ...allow, Resource: "*" }, deny),
      "Read without StringEquals a": policy({ ...allow, Condition: { StringEquals: {} } }, deny),
      "Read with StringEquals a *": policy({ ...allow, Condition: { StringEquals: { a: "*" } } }, deny),
      "statement 1 without Action s3:Get*": policy(allow, { ...deny, Action: ["s3:Put*"] }),
      "statement 1 without Action s3:Put*": policy(allow, { ...deny, Action: ["s3:Get*"] }),
      "statement 1 dropped": policy(allow),
      dropped: undefined,
    });
  });
});

describe("a change at a path", () => {
  const value = { list: ["a", "b"], text: '{"inner":{"flag":true}}' };

  it.each<[string, string[], unknown, unknown]>([
    ["replaces a member", ["list"], [], { ...value, list: [] }],
    ["takes a member out", ["list"], undefined, { text: value.text }],
    ["takes an item out", ["list", "0"], undefined, { ...value, list: ["b"] }],
    ["reaches into a JSON text", ["text", "inner", "flag"], false, { ...value, text: '{"inner":{"flag":false}}' }],
  ])("%s", (_, path, to, expected) => {
    expect(changedAt(value, path, () => to)).toEqual(expected);
  });

  it.each([[["other"]], [["list", "2"]], [["text", "outer"]]])("leaves alone what is not there: %j", (path) => {
    expect(changedAt(value, path, () => "new")).toBe(value);
  });
});

describe("a change of a resource", () => {
  let rotation: Recorded;
  let version: Recorded;
  beforeAll(async () => {
    const program = await recordProgram();
    rotation = only(program, "aws:secretsmanager/secretRotation:SecretRotation", "redis-auth");
    version = only(program, "aws:secretsmanager/secretVersion:SecretVersion");
  });

  const input = (path: string, flip: string): Change => ({ kind: "input", path: path.split("."), flip });

  it("cuts the input off from what it came from", () => {
    const [mutant] = changed(rotation, input("secretId", "another"));
    expect(mutant?.inputs.secretId).toBe("arn:Secret-redis-auth-another");
    expect(rotation.references.secretId).toHaveLength(1);
    expect(mutant?.references.secretId).toEqual([]);
    expect(mutant?.dependencies).toEqual(rotation.dependencies.filter((title) => title !== "Secret redis-auth"));
  });

  it("cuts off only what the input no longer holds", () => {
    const subnets = {
      ...rotation,
      inputs: { subnetIds: ["Subnet-a", "Subnet-b"] },
      references: {
        subnetIds: ["urn:pulumi:dev::tap::aws:ec2/subnet:Subnet::a", "urn:pulumi:dev::tap::aws:ec2/subnet:Subnet::b"],
      },
    };
    const [mutant] = changed(subnets, input("subnetIds.0", "dropped"));
    expect(mutant?.inputs).toEqual({ subnetIds: ["Subnet-b"] });
    expect(mutant?.references).toEqual({ subnetIds: ["urn:pulumi:dev::tap::aws:ec2/subnet:Subnet::b"] });
  });

  it("tells secrets, lets them go early, and forgets what guards them", () => {
    expect(changed(version, { kind: "not secret", path: "secretString" })).toMatchObject([{ secretInputs: [] }]);
    expect(changed(version, { kind: "without", option: "ignoreChanges" })).toMatchObject([{ ignoreChanges: [] }]);
    expect(changed(version, { kind: "without", option: "retainOnDelete" })).toMatchObject([{ retainOnDelete: false }]);
    expect(changed(rotation, { kind: "removed" })).toEqual([]);
    const [mutant] = changed(rotation, { kind: "not after", dependency: "SecretPolicy redis-auth" });
    expect(mutant?.dependsOn).toEqual(rotation.dependsOn.filter((title) => title !== "SecretPolicy redis-auth"));
  });

  it("is none, where there is nothing to change", () => {
    for (const change of [
      input("secretId", "negated"),
      input("another", "dropped"),
      { kind: "not secret", path: "secretId" },
      { kind: "not after", dependency: "Secret another" },
      { kind: "without", option: "beforeCreate" },
    ] as Change[]) {
      expect(changed(rotation, change)[0]).toBe(rotation);
    }
  });
});

describe("the mutants of a program", () => {
  it("are these", async () => {
    expect(mutantsOf(await recordTopic()).map(titleOf)).toEqual([
      'Stack > Topic alerts: kmsMasterKeyId = "alias/aws/service"',
      "Stack > Topic alerts: kmsMasterKeyId dropped",
      "Stack > Topic alerts: signatureVersion lowered",
      "Stack > Topic alerts: signatureVersion raised",
      "Stack > Topic alerts: signatureVersion dropped",
      "Stack > Topic alerts: removed",
    ]);
  });

  it("are thousands of the platform's, each once", async () => {
    const titles = (await mutatedPrograms()).flatMap(({ mutants }) => mutants.map(titleOf));
    expect(titles.length).toBeGreaterThan(5000);
    expect(new Set(titles).size).toBe(titles.length);
  }, 60_000);

  it("are those whose names are asked for, of which there must be some", async () => {
    const [program, ...others] = await mutatedPrograms(/Key cache: enableKeyRotation negated/);
    expect([program?.mutants.length, others]).toEqual([1, []]);
    await expect(mutatedPrograms(/enableKeyRotations/)).rejects.toThrow(
      new UserError("--only enableKeyRotations: no mutant has such a name. All names: npm run mutate -- --list"),
    );
  }, 60_000);
});

describe("the tables", () => {
  let inputs: { resourceClass: string; path: string; value: unknown }[];
  beforeAll(async () => {
    const resources = [...(await recordProgram({ auditTrail: "true" })), ...(await recordProgram(isolated))];
    inputs = resources.flatMap(({ type, inputs: all }) =>
      pathsOf(all).map(([path, value]) => ({ resourceClass: classOf(type), path, value })),
    );
  });

  it("call nothing harmless that is not there, and always say why", () => {
    const stale = harmless.filter(
      (entry) => !inputs.some(({ resourceClass, path }) => applies(entry, resourceClass, path)),
    );
    expect(stale).toEqual([]);
    for (const { reason } of harmless) expect(reason).toMatch(/^[A-Z].*\.$/);
  });

  it("weaken, open and add nothing that is not there, or is there already", () => {
    const unused = [...weaker, ...openings].filter(([pattern]) => !inputs.some(({ path }) => pattern.test(path)));
    expect(unused).toEqual([]);
    for (const [resourceClass, added] of Object.entries(additions)) {
      const ofClass = inputs.filter((input) => input.resourceClass === resourceClass);
      expect(ofClass).not.toEqual([]);
      expect(ofClass.filter(({ path }) => path in added)).toEqual([]);
    }
  });
});

describe("the rules", () => {
  it("are asked what a mutant violates that the program does not", async () => {
    const program = await recordProgram();
    const violated = policyJudge(program);
    const mutant = (type: string, name: string, change: Change) => {
      const { parent } = only(program, type, name);
      return { type, name, component: parent.split(" ")[0] ?? "", change };
    };
    const key = "aws:kms/key:Key";
    const negated: Change = { kind: "input", path: ["enableKeyRotation"], flip: "negated" };
    expect(violated(mutant(key, "cache", negated))?.name).toBe("key-rotation");
    expect(
      violated(mutant("aws:wafv2/webAclAssociation:WebAclAssociation", "records", { kind: "removed" }))?.name,
    ).toBe("stage-firewall");
    expect(violated(mutant(key, "cache", { kind: "input", path: ["description"], flip: "another" }))).toBeUndefined();
  });
});

describe("the tests", () => {
  const fixture = (name: string) => join(repository, "test/mutation/fixtures", `${name}.test.ts`);

  beforeAll(() => {
    // The progress.
    jest.spyOn(console, "log").mockImplementation();
  });

  it("are run with each mutant, which the first that fails has noticed, and nobody where none does", async () => {
    const trials = await tryInTests(mutantsOf(await recordTopic()), [fixture("topic")]);
    expect(trials.map(({ mutant, applied, failed }) => [mutant.split(": ")[1], applied, failed])).toEqual([
      ['kmsMasterKeyId = "alias/aws/service"', 1, "a topic › is encrypted"],
      ["kmsMasterKeyId dropped", 1, "a topic › is encrypted"],
      ["signatureVersion lowered", 1, undefined],
      ["signatureVersion raised", 1, undefined],
      ["signatureVersion dropped", 1, undefined],
      ["removed", 1, "a topic › is encrypted"],
    ]);
  }, 60_000);

  it("must not fail without a mutant", async () => {
    const mutants = mutantsOf(await recordTopic());
    await expect(tryInTests(mutants, [fixture("red")])).rejects.toThrow(
      /^The unit tests fail without a mutant:[^]*● fails/,
    );
  }, 60_000);
});

describe("the outcome", () => {
  it("is who noticed, those that nobody noticed last; whoever waits is told meanwhile", async () => {
    const print = jest.spyOn(console, "log").mockImplementation();
    const programs = await mutatedPrograms(/ Topic alerts: name another| Key cache: enableKeyRotation/);
    let told = 0;
    const timer = setInterval(() => (told += 1), 1);
    const outcomes = await outcomesOf(programs);
    clearInterval(timer);
    print.mockRestore();
    expect(outcomes.map(({ mutant, rule }) => [mutant.split(": ")[1], rule?.name])).toEqual([
      ["enableKeyRotation negated", "key-rotation"],
      ["enableKeyRotation dropped", "key-rotation"],
      ["name another", undefined],
    ]);
    expect(told).toBeGreaterThan(0);
  }, 60_000);

  it("counts who noticed", () => {
    const outcomes = [
      { mutant: "a", rule: { name: "key-rotation", enforcement: "mandatory" as const } },
      { mutant: "b", test: { file: "kms.test.ts", title: "Kms" } },
      { mutant: "c" },
    ];
    expect(summaryOf(outcomes)).toBe("3 mutants: 1 caught by policies, 1 by tests, 1 survived");
    expect(outcomes.filter(survived).map(({ mutant }) => mutant)).toEqual(["c"]);
  });
});

/** Everything in inputs, by its path. */
function pathsOf(value: Values, outer: string[] = []): [string, unknown][] {
  return members(value).flatMap(([key, member]): [string, unknown][] => {
    const path = [...outer, key];
    return [[path.join("."), member], ...pathsOf(member as Values, path)];
  });
}
