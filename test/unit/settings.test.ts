import fc from "fast-check";
import { settings } from "../../lib/config";
import { flag, integer, integerOf, list, map, oneOf, text, type Setting } from "../../lib/settings";

const common = { description: "", default: undefined as never };

describe("a text", () => {
  const setting = text({ ...common, allowed: "three digits", accepts: /^\d{3}$/ });

  it("is what the pattern accepts", () => {
    expect(setting.parse("123")).toBe("123");
  });

  it.each(["", "12", "1234", "123\n", "abc"])("is not %j", (value) => {
    expect(setting.parse(value)).toBeUndefined();
  });
});

describe("a whole number", () => {
  const setting = integer({ ...common, minimum: -5, maximum: 10, unit: "GiB" });

  it.each([
    ["-5", -5],
    ["0", 0],
    ["10", 10],
  ])("is %s, both ends included", (value, number) => {
    expect(setting.parse(value)).toBe(number);
  });

  it.each(["-6", "11", "", " 1", "1 ", "1.0", "1e1", "0x1", "+1", "01", "-0", "one", "null", "NaN", "9".repeat(30)])(
    "is not %j",
    (value) => {
      expect(setting.parse(value)).toBeUndefined();
    },
  );

  it("says what is allowed, with its unit if it has one", () => {
    expect(setting.allowed).toBe("a whole number from -5 to 10 (GiB)");
    expect(integer({ ...common, minimum: 1, maximum: 2 }).allowed).toBe("a whole number from 1 to 2");
  });
});

describe("a whole number of a list", () => {
  const setting = integerOf({ ...common, values: [7, 30] });

  it("is one of them", () => {
    expect(setting.parse("7")).toBe(7);
    expect(setting.parse("30")).toBe(30);
  });

  it.each(["8", "", "07", "7.0", "7,30", "seven"])("is not %j", (value) => {
    expect(setting.parse(value)).toBeUndefined();
  });

  it("says which they are", () => {
    expect(setting.allowed).toBe("one of 7, 30");
  });
});

describe("one of some words", () => {
  const setting = oneOf({ ...common, values: ["off", "on"] });

  it("is one of them", () => {
    expect(setting.parse("off")).toBe("off");
  });

  it.each(["", "Off", "off ", "offon"])("is not %j", (value) => {
    expect(setting.parse(value)).toBeUndefined();
  });

  it("says which they are", () => {
    expect(setting.allowed).toBe("one of off, on");
  });
});

describe("a flag", () => {
  const setting = flag(common);

  it("is true or false", () => {
    expect(setting.parse("true")).toBe(true);
    expect(setting.parse("false")).toBe(false);
    expect(setting.allowed).toBe("true or false");
  });

  it.each(["", "True", "yes", "1", "null"])("is not %j", (value) => {
    expect(setting.parse(value)).toBeUndefined();
  });
});

describe("a list", () => {
  const accepts = (item: string): item is string => item.startsWith("a");
  const setting = list({ ...common, allowed: "words with an a", accepts });

  it.each([
    ["[]", []],
    ['["a"]', ["a"]],
    ['["ab", "a"]', ["ab", "a"]],
  ])("is %s", (value, items) => {
    expect(setting.parse(value)).toEqual(items);
  });

  it.each(["", "a", "null", "{}", '"a"', "[1]", '["b"]', '["a", "b"]', '["a", "a"]', '["a", null]', '["a"'])(
    "is not %s",
    (value) => {
      expect(setting.parse(value)).toBeUndefined();
    },
  );

  it("may have to hold something", () => {
    const filled = list({ ...common, allowed: "", accepts, minimum: 1 });
    expect(filled.parse("[]")).toBeUndefined();
    expect(filled.parse('["a"]')).toEqual(["a"]);
  });

  it("may have a limit", () => {
    const short = list({ ...common, allowed: "", accepts, maximum: 1 });
    expect(short.parse('["a"]')).toEqual(["a"]);
    expect(short.parse('["a", "ab"]')).toBeUndefined();
  });
});

describe("a map", () => {
  const setting = map({
    ...common,
    allowed: "short names",
    maximum: 2,
    accepts: (key, value) => key.length < 3 && value !== "bad",
  });

  it.each([
    ["{}", {}],
    ['{"a": "b"}', { a: "b" }],
    ['{"a": "b", "c": ""}', { a: "b", c: "" }],
  ])("is %s", (value, entries) => {
    expect(setting.parse(value)).toEqual(entries);
  });

  it.each([
    "",
    "a",
    "null",
    "[]",
    '"a"',
    '{"a": 1}',
    '{"a": null}',
    '{"long": "b"}',
    '{"a": "bad"}',
    '{"a": "1", "b": "2", "c": "3"}',
    '{"a": "1", "A": "1"}',
  ])("is not %s", (value) => {
    expect(setting.parse(value)).toBeUndefined();
  });
});

describe("the reading of a value", () => {
  const words = fc.stringMatching(/^a[a-z]{0,5}$/);

  it.each<[string, Setting<unknown>, fc.Arbitrary<unknown>]>([
    ["a text", text({ ...common, allowed: "", accepts: /^a[a-z]*$/ }), words],
    ["a whole number", integer({ ...common, minimum: -1000, maximum: 1e12 }), fc.integer({ min: -1000, max: 1e12 })],
    ["a whole number of a list", integerOf({ ...common, values: [7, 30] }), fc.constantFrom(7, 30)],
    ["one of some words", oneOf({ ...common, values: ["off", "on"] }), fc.constantFrom("off", "on")],
    ["a flag", flag(common), fc.boolean()],
    [
      "a list",
      list({ ...common, allowed: "", accepts: (item): item is string => item.startsWith("a") }),
      fc.uniqueArray(words),
    ],
    [
      "a map",
      map({ ...common, allowed: "", maximum: 10, accepts: (key) => key.startsWith("a") }),
      fc.dictionary(words, fc.string({ unit: "binary" }), { maxKeys: 10 }),
    ],
  ])("gives back every one that is allowed: %s", (_, setting, values) => {
    fc.assert(
      fc.property(values, (value) => {
        expect(setting.parse(asText(value))).toEqual(value);
      }),
    );
  });

  const all = Object.entries(settings) as [string, Setting<unknown>][];

  it.each(all)("of %s never throws, whatever the text, and reads what it accepts in one way only", (_, setting) => {
    fc.assert(
      fc.property(anyText(setting.default), (value) => {
        const parsed = setting.parse(value);
        if (parsed !== undefined) expect(setting.parse(asText(parsed))).toEqual(parsed);
      }),
      { numRuns: 300 },
    );
  });
});

/** A value as its text in the configuration. */
function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Any text, JSON often, and often nearly what is accepted. */
function anyText(accepted: unknown): fc.Arbitrary<string> {
  const near = asText(accepted);
  const damaged = fc
    .tuple(fc.nat(near.length), fc.nat(3), fc.string({ unit: "binary", maxLength: 3 }))
    .map(([start, length, inserted]) => near.slice(0, start) + inserted + near.slice(start + length));
  return fc.oneof(fc.string({ unit: "binary" }), fc.json(), fc.jsonValue().map(asText), damaged, fc.constant(near));
}
