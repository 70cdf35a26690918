import type { PolicyResource } from "./rule";
import { referrers } from "./stack";
import { at, HiddenValue, isGiven, isPresent, list, show, unlessHidden } from "./values";

type Check = (resource: PolicyResource) => string[];

/** All violations of several expectations. */
export function all(...checks: Check[]): Check {
  return (resource) => violationsOf(...checks.map((check) => () => check(resource)));
}

/** All violations that several judgements find. Those that can be judged are, even if what another one is about is hidden. */
export function violationsOf(...judgements: (() => string[])[]): string[] {
  const results = judgements.map((judgement) => unlessHidden(judgement, undefined));
  const violations = results.flatMap((result) => result ?? []);
  if (violations.length === 0 && results.includes(undefined)) throw new HiddenValue("an input is hidden");
  return violations;
}

/** An input must have one of these values. */
export function is(path: string, ...allowed: unknown[]): Check {
  return expect(path, (value) => allowed.includes(value), `must be ${allowed.map(show).join(" or ")}`);
}

/** An input must not have any of these values; it may be missing. */
export function isNot(path: string, ...refused: unknown[]): Check {
  return expect(path, (value) => !refused.includes(value), `must not be ${refused.map(show).join(" or ")}`);
}

/** An input must be there, even if it is hidden. */
export function isSet(path: string): Check {
  return ({ inputs }) => (isGiven(inputs, path) ? [] : [`${path} is not set; it must be set`]);
}

export function isUnset(path: string): Check {
  return expect(path, (value) => !isPresent(value), "must not be set");
}

export function atLeast(path: string, minimum: number): Check {
  return expect(path, (value) => typeof value === "number" && value >= minimum, `must be at least ${minimum}`);
}

export function atMost(path: string, maximum: number): Check {
  return expect(path, (value) => typeof value === "number" && value <= maximum, `must be at most ${maximum}`);
}

/** A list must have all of these items. */
export function includes(path: string, ...wanted: string[]): Check {
  return expect(
    path,
    (value) => wanted.every((item) => list(value).includes(item)),
    `must include ${wanted.join(", ")}`,
  );
}

/** A list must have none but these items. */
export function includesOnly(path: string, ...allowed: string[]): Check {
  return expect(
    path,
    (value) => list(value).every((item) => allowed.some((other) => other === item)),
    `must hold nothing but ${allowed.join(", ")}`,
  );
}

/** Another resource of a type must stand beside it, which an input of that one tells. */
export function hasCompanion(
  type: string,
  input: string,
): (resource: PolicyResource, stack: PolicyResource[]) => string[] {
  return (resource, stack) =>
    referrers(stack, type, input, resource).length > 0 ? [] : [`has no ${type.split(":").at(-1) ?? ""}`];
}

/** An input must name a key of the customer's, not the one that AWS manages for a service. */
export function isCustomerKey(path: string): Check {
  return expect(
    path,
    (value) => isPresent(value) && !String(value).includes("alias/aws/"),
    "must be a customer-managed key",
  );
}

function expect(path: string, holds: (value: unknown) => boolean, expectation: string): Check {
  return ({ inputs }) => {
    const value = at(inputs, path);
    return holds(value) ? [] : [`${path} is ${show(value)}; it ${expectation}`];
  };
}
