import { createHash, timingSafeEqual } from "node:crypto";
import { CursorError } from "./errors";

export interface PageRequest {
  /** Items, at least 1. */
  limit: number;
  /** `nextCursor` of the page before. */
  cursor?: string;
}

export interface Page<T> {
  items: T[];
  /** Absent from the last page. */
  nextCursor?: string;
}

/** Place in a list: the values that it is ordered by, of the last item shown. */
type Place = string[];

const checkBytes = 8;

/**
 * Bytes of a page's items in Lambda's result, which may have 6,291,556 with all that it holds (Lambda developer guide,
 * "Lambda quotas").
 */
const maximumBytes = 4_000_000;

/** Which list a cursor is of: a cursor is refused in any other. It is no secret, only a check against mistakes. */
const check = (list: readonly unknown[], place: string) =>
  createHash("sha256")
    .update(JSON.stringify([list, place]))
    .digest()
    .subarray(0, checkBytes);

/** @param list what the list is of, and every parameter of it */
export function encodeCursor(list: readonly unknown[], place: Place): string {
  const text = JSON.stringify(place);
  return Buffer.concat([check(list, text), Buffer.from(text)]).toString("base64url");
}

/**
 * @param length values of a place in the list
 * @throws CursorError where the cursor is none of the list: anybody can make one up whose check is right
 */
export function decodeCursor(list: readonly unknown[], cursor: string, length: number): Place {
  const bytes = Buffer.from(cursor, "base64url");
  const text = bytes.subarray(checkBytes).toString();
  const isOfList = bytes.length > checkBytes && timingSafeEqual(bytes.subarray(0, checkBytes), check(list, text));
  const place = isOfList ? parsePlace(text) : undefined;
  if (place?.length !== length) throw new CursorError("The cursor is not one of this list.");
  return place;
}

function parsePlace(text: string): Place | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((part) => typeof part === "string") ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A page of rows that were queried with one more than the limit, which shows whether there is a next page. Ends early
 * where it would be too large for Lambda, but has an item where there is a row.
 */
export function toPage<Row, T>(
  rows: Row[],
  { limit }: PageRequest,
  list: readonly unknown[],
  place: (row: Row) => Place,
  item: (row: Row) => T,
): Page<T> {
  const items: T[] = [];
  let bytes = 0;
  for (const next of rows.slice(0, limit).map(item)) {
    // The result holds the body as a JSON string: what JSON escapes is escaped twice.
    bytes += Buffer.byteLength(JSON.stringify(JSON.stringify(next)));
    if (items.length > 0 && bytes > maximumBytes) break;
    items.push(next);
  }
  const last = rows[items.length - 1];
  return {
    items,
    ...(last !== undefined && rows.length > items.length ? { nextCursor: encodeCursor(list, place(last)) } : {}),
  };
}
