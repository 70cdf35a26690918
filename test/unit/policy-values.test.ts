import { at, guarded, hidden, HiddenValue, isGiven, plain, show, unlessHidden } from "../../policy/values";

const signature = "4dabf18193072939515e22adb298388d";
const secret = "1b47061264138c4ac30d75fd1eb44270";
const archive = "0def7320c3a5731c473e5ecbe6d01bc7";
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("plain values", () => {
  it("are as they were without wrappings", () => {
    const value = { name: "vpc", ports: [80, 443], nested: { enabled: true, nothing: null } };
    expect(plain(value)).toEqual(value);
  });

  it("show a secret that was given, and hide one that is encrypted", () => {
    expect(plain({ token: { [signature]: secret, value: { inner: "text" } } })).toEqual({ token: { inner: "text" } });
    expect(plain({ token: { [signature]: secret, ciphertext: "v1:AAAA" } })).toEqual({ token: hidden });
  });

  it("hide what is not known yet, and archives", () => {
    expect(plain({ arn: unknown, list: [unknown, 1] })).toEqual({ arn: hidden, list: [hidden, 1] });
    expect(plain({ code: { [signature]: archive, hash: "0".repeat(64) } })).toEqual({ code: hidden });
  });

  it("hide what throws when it is asked for, as policy packs are given it", () => {
    const list = Object.defineProperty([0, 1], 0, {
      enumerable: true,
      get: () => {
        throw new Error("can't be known during preview");
      },
    });
    expect(plain({ list })).toEqual({ list: [hidden, 1] });
  });
});

describe("guarded values", () => {
  const value = guarded({ known: { list: [1, 2] }, vpcConfig: { subnetIds: hidden }, items: ["a", hidden] });

  it("are read as they are", () => {
    expect(at(value, "known.list")).toEqual([1, 2]);
    expect(at(value, "known.list.1")).toBe(2);
    expect(at(value, "known.other.more")).toBeUndefined();
  });

  it("throw where something hidden is asked for", () => {
    expect(() => at(value, "vpcConfig.subnetIds")).toThrow(HiddenValue);
    expect(() => JSON.stringify(value.items)).toThrow(HiddenValue);
    expect(unlessHidden(() => value.items.includes("b"), "unknown")).toBe("unknown");
    expect(unlessHidden(() => value.items[0], "unknown")).toBe("a");
  });

  it("are given, if hidden", () => {
    expect(["vpcConfig.subnetIds", "known.list", "known.other"].map((path) => isGiven(value, path))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it("hand on every other error", () => {
    expect(() =>
      unlessHidden(() => {
        throw new TypeError("of a rule");
      }, "unknown"),
    ).toThrow(TypeError);
  });
});

it("are quoted in violations, as short as is readable", () => {
  expect([undefined, null, "", [], {}, 0, false, "text", ["a"]].map(show)).toEqual([
    "not set",
    "not set",
    "not set",
    "empty",
    "not set",
    "0",
    "false",
    '"text"',
    '["a"]',
  ]);
  expect(show("x".repeat(200))).toBe(`"${"x".repeat(99)}…`);
});
