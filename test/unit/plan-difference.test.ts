import "./mocked-bundle";
import { difference } from "../../tools/plan/difference";
import { registerCommit } from "../../tools/plan/commit";
import { registerStack } from "../../tools/plan/register-stack";
import { registered, registeredBy, urnOf } from "./registered";

const vpc = "tap:network:Vpc";
const group = "aws:cloudwatch/logGroup:LogGroup";
const role = "aws:iam/role:Role";

const changesOf = (before: object, after: object) => {
  const of = (inputs: object) => [registered(role, "r", { inputs: { ...inputs } })];
  return difference(of(before), of(after)).changed.flatMap(({ changes }) => changes);
};

describe("the difference", () => {
  it("is what is added, removed and changed, with its component; components themselves are not counted", () => {
    const parent = { parent: urnOf(vpc, "vpc") };
    const before = [
      registered(vpc, "vpc"),
      registered(group, "old", parent),
      registered(group, "same"),
      registered(group, "kept", { inputs: { retentionInDays: 30 } }),
    ];
    const after = [
      registered(vpc, "vpc"),
      registered(group, "new", parent),
      registered(group, "same"),
      registered(group, "kept", { inputs: { retentionInDays: 90 } }),
    ];
    expect(difference(before, after)).toEqual({
      added: [{ component: "Vpc", type: group, name: "new" }],
      removed: [{ component: "Vpc", type: group, name: "old" }],
      changed: [
        {
          component: "Stack",
          type: group,
          name: "kept",
          changes: [{ path: "retentionInDays", before: 30, after: 90 }],
        },
      ],
      unchanged: 1,
    });
  });

  it("does not care what the stacks are called", () => {
    const of = (stack: string) => [registered(group, "g", { urn: `urn:pulumi:${stack}::tap::${group}::g` })];
    expect(difference(of("dev"), of("prod"))).toEqual({ added: [], removed: [], changed: [], unchanged: 1 });
  });

  it.each<[string, object, object, object[]]>([
    ["of a value within", { a: { b: 1, c: 2 } }, { a: { b: 3, c: 2 } }, [{ path: "a.b", before: 1, after: 3 }]],
    ["of a value that comes", {}, { a: 1 }, [{ path: "a", before: undefined, after: 1 }]],
    ["of a list by its items", { a: ["x", "y"] }, { a: ["y", "z"] }, [{ path: "a", before: ["x"], after: ["z"] }]],
    [
      "of a list in another order whole",
      { a: ["x", "y"] },
      { a: ["y", "x"] },
      [{ path: "a", before: ["x", "y"], after: ["y", "x"] }],
    ],
    [
      "of a document by what it says",
      { policy: '{"Effect":"Allow"}' },
      { policy: '{"Effect": "Deny"}' },
      [{ path: "policy.Effect", before: "Allow", after: "Deny" }],
    ],
    ["of a document's spaces not at all", { policy: '{"a":1}' }, { policy: '{ "a": 1 }' }, []],
    ["of a text that only looks like a document", { a: "[x" }, { a: "[y" }, [{ path: "a", before: "[x", after: "[y" }]],
  ])("tells %s", (_, before, after, changes) => {
    expect(changesOf(before, after)).toEqual(changes);
  });

  it("shows no secret", () => {
    const secret = (value: string) => ({
      token: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value },
    });
    expect(changesOf(secret("one"), {})).toEqual([{ path: "token", before: "<secret>", after: undefined }]);
  });

  it("tells what else a resource waits for, beside what its inputs come from", () => {
    const of = (dependencies: string[]) => [
      registered(role, "r", { dependencies, references: { a: [urnOf(group, "implied")] } }),
    ];
    const [before, after] = [of([urnOf(group, "implied")]), of([urnOf(group, "implied"), urnOf(group, "other")])];
    expect(difference(before, after).changed.flatMap(({ changes }) => changes)).toEqual([
      { path: "waits for", before: [], after: [`${group}::other`] },
    ]);
  });
});

describe("the difference between stacks", () => {
  it("is none between a stack and itself, whatever the suffix of both is", async () => {
    const [one, other] = [await registeredBy("dev"), await registeredBy("dev")];
    expect(difference(one.resources, other.resources)).toMatchObject({ added: [], removed: [], changed: [] });
  });

  it("is what a key changes", async () => {
    const [before, after] = [await registeredBy("dev"), await registeredBy("dev", { analyticsLogRetentionDays: "30" })];
    expect(difference(before.resources, after.resources)).toMatchObject({
      added: [],
      removed: [],
      changed: [{ component: "Ecs", name: "tasks", changes: [{ path: "retentionInDays", before: 7, after: 30 }] }],
    });
  });

  it("refuses a stack without a file, a key that is none, and a commit that git does not know", async () => {
    await expect(registerStack("nowhere")).rejects.toThrow(
      /^There is no stack "nowhere": .*Pulumi\.nowhere\.yaml does not exist\.$/,
    );
    await expect(registerStack("dev", { colour: "red" })).rejects.toThrow(
      '"colour" is not a configuration key of Pulumi.yaml.',
    );
    await expect(registerCommit("--no-such-commit", "dev", {})).rejects.toThrow(
      'git has no commit "--no-such-commit".',
    );
  });

  it("hands on what the program refuses", async () => {
    await expect(registeredBy("dev", { vpcCidr: "everything" })).rejects.toThrow(/^The configuration has a mistake/);
  });
});
