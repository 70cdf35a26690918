import { type Bound, compareAnswer, parseWalkthrough } from "../service/support/walkthrough";

const document = (...blocks: string[]) => ["# Title", "", "## Walk-through", "", ...blocks, ""].join("\n");

const block = (language: string, ...lines: string[]) => [`\`\`\`${language}`, ...lines, "```", ""].join("\n");

describe("a walk-through", () => {
  it("is the blocks below its heading, each with the answer that follows", () => {
    const markdown = [
      "## Before",
      block("sh", "rm -rf everything"),
      "## Walk-through",
      "",
      "Words with a ` in them.",
      "",
      block("sh", "A=1", "", "B=2"),
      "### Further on",
      "",
      block("sh", "curl -s a"),
      block("json", '{ "a": 1 }'),
      block("sh", "curl -si b"),
      block("http", "HTTP/1.1 204 No Content"),
      "## After",
      block("sh", "rm -rf everything"),
    ].join("\n");
    expect(parseWalkthrough(markdown)).toEqual([
      { line: 10, commands: "A=1\n\nB=2" },
      { line: 18, commands: "curl -s a", expected: { form: "json", text: '{ "a": 1 }' } },
      { line: 26, commands: "curl -si b", expected: { form: "http", text: "HTTP/1.1 204 No Content" } },
    ]);
  });

  it.each([
    ["has steps", "# Title\n", "there is no walk-through"],
    [
      "shows no answer without commands",
      document(block("json", "{}")),
      "line 5: an answer without commands of its own",
    ],
    [
      "shows one answer for each block of commands",
      document(block("sh", "a"), block("json", "{}"), block("json", "{}")),
      "line 13: an answer without commands of its own",
    ],
    ["has no other blocks", document(block("bash", "a")), 'line 5: a block of "bash"'],
    ["ends its blocks", document("```sh", "a"), "line 5: the block has no end"],
  ])("%s", (_, markdown, message) => {
    expect(() => parseWalkthrough(markdown)).toThrow(message);
  });
});

const [first, second] = ["0b9f2f5e-5d6b-4a0e-9d6a-0f6a2c1d3e4f", "1b9f2f5e-5d6b-4a0e-9d6a-0f6a2c1d3e4f"];

const json = (expected: unknown, actual: unknown, bound: Bound = new Map()) =>
  compareAnswer({ form: "json", text: JSON.stringify(expected) }, JSON.stringify(actual), bound);

describe("an answer in JSON", () => {
  it("is as shown, however it is written", () => {
    const expected = { form: "json", text: '{ "a": [1, { "b": null }], "c": true }' } as const;
    expect(compareAnswer(expected, '{"c":true,"a":[1,{"b":null}]}', new Map()).differences).toEqual([]);
  });

  it.each([
    ["another value", { a: { b: 1 } }, { a: { b: 2 } }, ["/a/b: expected 1, got 2"]],
    ["another type", { a: "1" }, { a: 1 }, ['/a: expected "1", got 1']],
    ["one member less", { a: 1, b: 2 }, { a: 1 }, ["/b: expected 2, got undefined"]],
    ["one member more", { a: 1 }, { a: 1, b: 2 }, ["/b: expected undefined, got 2"]],
    ["another item", [1, 2], [1, 3], ["/…: expected 2, got 3"]],
    ["one item less", [1, 2], [1], [": expected [2], got []"]],
    ["one item more", [1], [1, 2], [": expected [], got [2]"]],
    ["a list for an object", { a: {} }, { a: [] }, ["/a: expected {}, got []"]],
    ["dots for what they mean in patterns", { a: "1.2" }, { a: "1x2" }, ['/a: expected "1.2", got "1x2"']],
  ])("is not with %s", (_, expected, actual, differences) => {
    expect(json(expected, actual).differences).toEqual(differences);
  });

  it("is not where it is no JSON", () => {
    expect(compareAnswer({ form: "json", text: "{}" }, "<p>", new Map()).differences).toEqual([
      'expected JSON, got "<p>"',
    ]);
  });

  it.each([
    ["<a uuid>", first],
    ["<a time>", "2026-01-15T09:30:00.000Z"],
    ["<a cursor>", "Ab-_9"],
    ["/v1/patients/<a uuid>/records/<a uuid>", `/v1/patients/${first}/records/${second}`],
  ])("may have for %s any", (expected, actual) => {
    const { bound, differences } = json([expected, expected], [actual, actual]);
    expect(differences).toEqual([]);
    expect([...bound]).toEqual([]);
    expect(json([expected], [`${actual} `]).differences).toEqual([`/…: expected "${expected}", got "${actual} "`]);
  });

  it("has the same for a named placeholder from its first place on", () => {
    const { bound, differences } = json({ id: "<patient>", number: "<number>" }, { id: first, number: "WALK-1" });
    expect(differences).toEqual([]);
    expect([...bound]).toEqual([
      ["patient", first],
      ["number", "WALK-1"],
    ]);
    expect(json("/v1/patients/<patient>", `/v1/patients/${first}`, bound).differences).toEqual([]);
    expect(json("<patient>", second, bound).differences).toEqual([`: expected "<patient>", got "${second}"`]);
    expect(json(["<record>", "<record>"], [first, second]).differences).toHaveLength(1);
  });

  it("knows its placeholders", () => {
    expect(() => json("<something>", "x")).toThrow("there is no placeholder <something>");
  });

  it("may have further items where they are announced, and only there", () => {
    const shown = ["…", { id: "<patient>" }, "…"];
    for (const actual of [[{ id: first }], [1, 2, { id: first }], [{ id: first }, 3], [{ id: first }, { id: second }]])
      expect(json(shown, actual, new Map([["patient", first]])).differences).toEqual([]);
    for (const actual of [[], [1], [{ id: second }]])
      expect(json(shown, actual, new Map([["patient", first]])).differences).toHaveLength(1);
    expect(json(["…", 1], [1, 2]).differences).toHaveLength(1);
    expect(json(["…"], []).differences).toEqual([]);
  });
});

describe("an answer in HTTP", () => {
  const shown = ["HTTP/1.1 201 Created", "Location: /v1/patients/<patient>", 'ETag: "1"', "", '{ "id": "<patient>" }'];
  const answer = (...lines: string[]) =>
    compareAnswer({ form: "http", text: shown.join("\n") }, lines.join("\r\n"), new Map());
  const [status, location, etag, body] = [
    "HTTP/1.1 201 Created",
    `location: /v1/patients/${first}`,
    'etag: "1"',
    `{"id":"${first}"}`,
  ];

  it("is as shown, with further headers", () => {
    const { bound, differences } = answer(status, "date: Thu, 15 Jan 2026 09:30:00 GMT", etag, location, "", body);
    expect(differences).toEqual([]);
    expect([...bound]).toEqual([["patient", first]]);
  });

  it.each([
    ["status", ["HTTP/1.1 200 OK", location, etag, "", body]],
    ["header", [status, location, 'etag: "2"', "", body]],
    ["body", [status, location, etag, "", `{"id":"${second}"}`]],
    ["set of headers", [status, location, "", body]],
  ])("is not with another %s", (_, lines) => {
    expect(answer(...lines).differences).toHaveLength(1);
  });

  it("has no body where none is shown", () => {
    const expected = { form: "http", text: "HTTP/1.1 204 No Content" } as const;
    expect(compareAnswer(expected, "HTTP/1.1 204 No Content\r\n\r\n", new Map()).differences).toEqual([]);
    expect(compareAnswer(expected, "HTTP/1.1 204 No Content\r\n\r\nx", new Map()).differences).toEqual([
      'body: expected "", got "x"',
    ]);
  });
});
