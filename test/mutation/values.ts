/** A way into inputs: members of objects and positions in lists, through JSON texts as if they were not wrapped. */
export type Path = string[];

type Members = Record<string, unknown>;

/** A copy in which what is at a path is another; undefined takes it out. The value itself, if nothing changes. */
export function changedAt(value: unknown, [key, ...rest]: Path, change: (value: unknown) => unknown): unknown {
  if (key === undefined) return change(value);
  if (isDocument(value)) {
    const document = opened(value);
    const changed = changedAt(document, [key, ...rest], change);
    return changed === document ? value : JSON.stringify(changed);
  }
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return value;
  const before = (value as Members)[key];
  const after = changedAt(before, rest, change);
  return after === before ? value : withMember(value as Members | unknown[], key, after);
}

function withMember(value: Members | unknown[], key: string, member: unknown): unknown {
  if (Array.isArray(value)) return value.toSpliced(Number(key), 1, ...(member === undefined ? [] : [member]));
  const { [key]: _, ...others } = value;
  return member === undefined ? others : { ...value, [key]: member };
}

/** What a JSON text of an object or a list says; anything else as it is. */
export function opened(value: unknown): unknown {
  return isDocument(value) ? JSON.parse(value) : value;
}

export function isDocument(value: unknown): value is string {
  if (typeof value !== "string" || !/^[[{]/.test(value)) return false;
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

/** Members and items, by the path's next step. */
export function members(value: unknown): [string, unknown][] {
  const document = opened(value);
  return typeof document === "object" && document !== null ? Object.entries(document) : [];
}
