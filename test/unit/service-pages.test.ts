import { createHash } from "node:crypto";
import { CursorError } from "../../service/records/store/errors";
import { decodeCursor, encodeCursor, type Page, type PageRequest, toPage } from "../../service/records/store/pages";

/** Bytes that Lambda takes as a function's result. */
const resultLimit = 6_291_556;

const list = ["texts"];

/** A page of a list that has this text so many times. */
function page(count: number, text: string, { limit, cursor }: PageRequest): Page<{ id: number; text: string }> {
  const [after = "-1"] = cursor === undefined ? [] : decodeCursor(list, cursor, 1);
  const ids = Array.from({ length: count }, (_, id) => id).filter((id) => id > Number(after));
  return toPage(
    ids.slice(0, limit + 1),
    { limit },
    list,
    (id) => [String(id)],
    (id) => ({ id, text }),
  );
}

const resultBytes = (body: object) =>
  Buffer.byteLength(JSON.stringify({ statusCode: 200, body: JSON.stringify(body) }));

describe("a page", () => {
  it.each([
    ["letters", "a".repeat(20_000), [100, 1]],
    ["quotes", '"'.repeat(20_000), [49, 49, 3]],
    ["characters of four bytes", "𝄞".repeat(20_000), [49, 49, 3]],
    ["control characters", "\u0001".repeat(20_000), [28, 28, 28, 17]],
  ])("of %s is one that Lambda takes; all pages together have every row once", (_, text, lengths) => {
    const pages: Page<{ id: number }>[] = [];
    do pages.push(page(101, text, { limit: 100, cursor: pages.at(-1)?.nextCursor }));
    while (pages.at(-1)?.nextCursor !== undefined);
    expect(pages.map(({ items }) => items.length)).toEqual(lengths);
    expect(pages.flatMap(({ items }) => items.map(({ id }) => id))).toEqual(Array.from({ length: 101 }, (_, id) => id));
    expect(Math.max(...pages.map(resultBytes))).toBeLessThan(resultLimit);
  });

  it("has an item however long that is", () => {
    expect(page(2, '"'.repeat(2_000_000), { limit: 2 }).items.map(({ id }) => id)).toEqual([0]);
  });

  it("of no rows is empty, and the last one", () => {
    expect(page(0, "a", { limit: 100 })).toEqual({ items: [] });
  });
});

describe("a cursor", () => {
  /** With the check that only says which list it is of. */
  const madeUp = (text: string) =>
    Buffer.concat([
      createHash("sha256")
        .update(JSON.stringify([list, text]))
        .digest()
        .subarray(0, 8),
      Buffer.from(text),
    ]).toString("base64url");

  it("gives the place that was put into it", () => {
    expect(encodeCursor(list, ["a", "b"])).toBe(madeUp('["a","b"]'));
    expect(decodeCursor(list, madeUp('["a","b"]'), 2)).toEqual(["a", "b"]);
  });

  it.each([
    "{}",
    "null",
    '"ab"',
    "[]",
    '["a"]',
    '["a","b","c"]',
    '["a",null]',
    '["a",["b"]]',
    '{"length":2}',
    "no JSON",
  ])("made up of %s is refused", (text) => {
    expect(() => decodeCursor(list, madeUp(text), 2)).toThrow(CursorError);
  });
});
