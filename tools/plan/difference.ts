import { isDeepStrictEqual } from "node:util";
import type { Registered } from "../program";
import { shown, Stack } from "./resources";

/** What makes one stack another. */
export interface Difference {
  added: DifferentResource[];
  removed: DifferentResource[];
  changed: (DifferentResource & { changes: Change[] })[];
  unchanged: number;
}

export interface DifferentResource {
  component: string;
  type: string;
  name: string;
}

export interface Change {
  /** Path of the input, such as `parameters.0.value`; `waits for` for what must exist before. */
  path: string;
  before?: unknown;
  after?: unknown;
}

/** Compares resources by their types, names and components, as if both stacks had the same name. */
export function difference(before: Registered[], after: Registered[]): Difference {
  const [old, current] = [keyed(before), keyed(after)];
  const described = (stack: Map<string, Registered>, all: Registered[], keys: string[]) => {
    const whole = new Stack(all);
    return keys.map((key) => describe(stack.get(key), whole));
  };
  const common = [...current.keys()].filter((key) => old.has(key));
  const whole = new Stack(after);
  const changed = common
    .map((key) => ({ ...describe(current.get(key), whole), changes: changesOf(old.get(key), current.get(key)) }))
    .filter(({ changes }) => changes.length > 0);
  return {
    added: described(
      current,
      after,
      [...current.keys()].filter((key) => !old.has(key)),
    ),
    removed: described(
      old,
      before,
      [...old.keys()].filter((key) => !current.has(key)),
    ),
    changed,
    unchanged: common.length - changed.length,
  };
}

/** Without the names of stack and project. */
function keyOf(urn: string): string {
  return urn.split("::").slice(2).join("::");
}

function keyed(resources: Registered[]): Map<string, Registered> {
  const { inCloud } = new Stack(resources);
  return new Map(inCloud.map((resource) => [keyOf(resource.urn), resource]));
}

function describe(resource: Registered | undefined, stack: Stack): DifferentResource {
  if (!resource) throw new Error("a resource that is compared does not exist");
  return { component: stack.componentOf(resource), type: resource.type, name: resource.name };
}

function changesOf(before: Registered | undefined, after: Registered | undefined): Change[] {
  return [
    ...compare("", shown(before?.inputs), shown(after?.inputs)),
    ...compare("waits for", furtherNeeds(before), furtherNeeds(after)),
  ];
}

/** What must exist before it, beside what its inputs come from. */
function furtherNeeds(resource: Registered | undefined): string[] {
  const implied = Object.values(resource?.references ?? {}).flat();
  return (resource?.dependencies ?? [])
    .filter((urn) => !implied.includes(urn))
    .map(keyOf)
    .sort();
}

function compare(path: string, before: unknown, after: unknown): Change[] {
  const [one, other] = [parsed(before), parsed(after)];
  if (isDeepStrictEqual(one, other)) return [];
  if (isListOfPlain(one) && isListOfPlain(other)) {
    const [gone, come] = [one.filter((item) => !other.includes(item)), other.filter((item) => !one.includes(item))];
    // Of a list in another order, all of it.
    return gone.length + come.length > 0
      ? [{ path, before: gone, after: come }]
      : [{ path, before: one, after: other }];
  }
  if (isComposite(one) && isComposite(other) && Array.isArray(one) === Array.isArray(other)) {
    const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
    return keys.flatMap((key) => compare(path ? `${path}.${key}` : key, one[key], other[key]));
  }
  return [{ path, before: one, after: other }];
}

/** Documents are compared by what they say. */
function parsed(value: unknown): unknown {
  if (typeof value !== "string" || !/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function isComposite(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isListOfPlain(value: unknown): value is unknown[] {
  return Array.isArray(value) && !value.some(isComposite);
}
