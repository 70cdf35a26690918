/** Stands for a value that cannot be read: not known before the deployment, or encrypted in a state. */
export const hidden = Symbol("hidden");

/** Marks what is not plain data on its way to the engine and in its state (Pulumi SDK, "rpc"). */
const signature = "4dabf18193072939515e22adb298388d";
const secret = "1b47061264138c4ac30d75fd1eb44270";

/** What the engine is told instead of a value that a preview does not know. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * A copy without wrappings: secrets as their values where those are given, else hidden, like what is unknown. Takes inputs and outputs as a program sends them,
 * a policy pack receives them, or a state holds them.
 */
export function plain(value: unknown): unknown {
  if (value === unknown) return hidden;
  if (typeof value !== "object" || value === null) return value;
  const members = value as Record<string, unknown>;
  if (Object.hasOwn(members, signature)) {
    return read(members, signature) === secret && "value" in members ? read(members, "value") : hidden;
  }
  if (Array.isArray(value)) return Object.keys(members).map((index) => read(members, index));
  return Object.fromEntries(Object.keys(members).map((key) => [key, read(members, key)]));
}

/** Policy packs are given objects that throw when what is asked for is not known. */
function read(members: Record<string, unknown>, key: string): unknown {
  let member: unknown;
  try {
    member = members[key];
  } catch {
    return hidden;
  }
  return plain(member);
}

/** Says that a value is hidden, and what is to be said about it therefore unknown. */
export class HiddenValue extends Error {}

/** The same, but whoever asks for what is hidden in it gets a HiddenValue thrown: so no rule can take it for a value. */
export function guarded<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  return new Proxy(value, {
    get(members, key) {
      const member: unknown = Reflect.get(members, key);
      if (member === hidden) throw new HiddenValue(`${String(key)} is hidden`);
      return typeof key === "string" ? guarded(member) : member;
    },
  });
}

/** What a judgement says, or the alternative if something hidden would decide. */
export function unlessHidden<T, U>(judgement: () => T, alternative: U): T | U {
  try {
    return judgement();
  } catch (error) {
    if (error instanceof HiddenValue) return alternative;
    throw error;
  }
}

/** What is at a path such as `vpcConfig.subnetIds`. */
export function at(value: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (outer, key) =>
        typeof outer === "object" && outer !== null ? (outer as Record<string, unknown>)[key] : undefined,
      value,
    );
}

/** Whether there is anything at a path, hidden or not. */
export function isGiven(value: unknown, path: string): boolean {
  return unlessHidden(() => isPresent(at(value, path)), true);
}

/** Whether there is anything: not missing, and not an empty text, list or object. */
export function isPresent(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

/** The items of a list; one of anything else that is present. */
export function list(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return isPresent(value) ? [value] : [];
}

/** The texts in a list. */
export function texts(value: unknown): string[] {
  return list(value).filter((item) => typeof item === "string");
}

/** What a JSON text says; undefined if it is none. */
export function json(value: unknown): unknown {
  if (typeof value !== "string") return undefined;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

/** What is at a path, as violations quote it: to be used where the violation does not depend on it. */
export function quote(value: unknown, path: string): string {
  return unlessHidden(() => show(at(value, path)), "not known");
}

const longest = 100;

/** A value as violations quote it. */
export function show(value: unknown): string {
  if (!isPresent(value)) return Array.isArray(value) ? "empty" : "not set";
  const text = JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
