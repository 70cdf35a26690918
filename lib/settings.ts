/** One configuration key: what it means, what it is unless set, and how its text is read. */
export interface Setting<T> {
  description: string;
  default: T;
  /** What is allowed, in words, for messages. */
  allowed: string;
  /** Reads the configuration's text; undefined when it is not allowed. */
  parse: (text: string) => T | undefined;
}

interface Common<T> {
  description: string;
  default: T;
}

/** Text that a pattern, or a check that gives the reason, accepts. */
export function text(setting: Common<string> & { allowed: string; accepts: RegExp }): Setting<string> {
  const { accepts, ...rest } = setting;
  return { ...rest, parse: (value) => (accepts.test(value) ? value : undefined) };
}

/** A whole number in a range, both ends included. */
export function integer(
  setting: Common<number> & { minimum: number; maximum: number; unit?: string },
): Setting<number> {
  const { minimum, maximum, unit, ...rest } = setting;
  return {
    ...rest,
    allowed: `a whole number from ${minimum} to ${maximum}${unit ? ` (${unit})` : ""}`,
    parse: (value) => {
      const number = /^(0|-?[1-9]\d{0,14})$/.test(value) ? Number(value) : NaN;
      return number >= minimum && number <= maximum ? number : undefined;
    },
  };
}

/** A whole number of a list. */
export function integerOf(setting: Common<number> & { values: readonly number[] }): Setting<number> {
  const { values, ...rest } = setting;
  return {
    ...rest,
    allowed: `one of ${values.join(", ")}`,
    parse: (value) => values.find((allowed) => String(allowed) === value),
  };
}

/** One of some words. */
export function oneOf<const T extends string>(setting: Common<NoInfer<T>> & { values: readonly T[] }): Setting<T> {
  const { values, ...rest } = setting;
  return {
    ...rest,
    allowed: `one of ${values.join(", ")}`,
    parse: (value) => values.find((allowed) => allowed === value),
  };
}

export function flag(setting: Common<boolean>): Setting<boolean> {
  return {
    ...setting,
    allowed: "true or false",
    parse: (value) => (value === "true" ? true : value === "false" ? false : undefined),
  };
}

/** A list of texts, each of which is allowed, without repetition. */
export function list<const T extends string = string>(
  setting: Common<NoInfer<T>[]> & {
    allowed: string;
    accepts: (item: string) => item is T;
    minimum?: number;
    maximum?: number;
  },
): Setting<T[]> {
  const { accepts, minimum = 0, maximum = Infinity, ...rest } = setting;
  return {
    ...rest,
    parse: (value) => {
      const items = parseJson(value);
      if (!Array.isArray(items) || items.length < minimum || items.length > maximum) return undefined;
      if (new Set(items).size !== items.length) return undefined;
      const accepted = items.filter((item): item is T => typeof item === "string" && accepts(item));
      return accepted.length === items.length ? accepted : undefined;
    },
  };
}

/** Names, different whatever their case, and texts, each pair of which is allowed. */
export function map(
  setting: Common<Record<string, string>> & {
    allowed: string;
    accepts: (key: string, value: string) => boolean;
    maximum: number;
  },
): Setting<Record<string, string>> {
  const { accepts, maximum, ...rest } = setting;
  return {
    ...rest,
    parse: (value) => {
      const object = parseJson(value);
      if (typeof object !== "object" || object === null || Array.isArray(object)) return undefined;
      const entries: [string, unknown][] = Object.entries(object);
      const accepted = entries.filter((entry): entry is [string, string] => {
        const [key, item] = entry;
        return typeof item === "string" && accepts(key, item);
      });
      const names = new Set(entries.map(([key]) => key.toLowerCase()));
      const isAllowed = accepted.length === entries.length && names.size === entries.length;
      return isAllowed && entries.length <= maximum ? Object.fromEntries(accepted) : undefined;
    },
  };
}

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
