import { flag, integer, integerOf, list, map, oneOf, text } from "../../lib/settings";

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
