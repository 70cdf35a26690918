import { disclosures, formsOf } from "../e2e/secret-forms";

const value = `a"b\\c&d<e>f'g+h/i?j~k*l`;

describe("a secret's value is found", () => {
  it.each([
    ["as it is", value],
    ["as JSON", JSON.stringify({ value })],
    ["as JSON inside of JSON", JSON.stringify({ body: JSON.stringify({ value }) })],
    ["as Go writes JSON", `{"value":"a\\"b\\\\c\\u0026d\\u003ce\\u003ef'g+h/i?j~k*l"}`],
    ["in a URL", `https://example.org/?value=${encodeURIComponent(value)}`],
    ["in a form", new URLSearchParams({ value }).toString()],
    ["in XML", "<Value>a&quot;b\\c&amp;d&lt;e&gt;f&#39;g+h/i?j~k*l</Value>"],
    ["in hexadecimal", `0x${Buffer.from(value).toString("hex")}`],
    ["in base64", Buffer.from(value).toString("base64")],
    ["in base64 behind one character", Buffer.from(`:${value}:more`).toString("base64")],
    ["in base64 behind two", Buffer.from(`::${value}`).toString("base64")],
    ["in base64 behind three", Buffer.from(`:::${value}:`).toString("base64")],
    ["in base64url", Buffer.from(`{"x":"${value}"}`).toString("base64url")],
  ])("%s", (_, text) => {
    expect(disclosures({ found: `before ${text} after`, clean: "nothing here" }, ["another value", value])).toEqual([
      "found",
    ]);
  });
});

it("no form is so short that it stands anywhere by chance", () => {
  expect(formsOf("sixteen letters!").filter((form) => form.length < 16)).toEqual([]);
});

it("another value is not taken for it", () => {
  const other = "0123456789abcdefghijklmno";
  expect(
    disclosures({ text: JSON.stringify({ other, base64: Buffer.from(other).toString("base64") }) }, [value]),
  ).toEqual([]);
});
