import type { Recorded } from "../unit/recorder";
import { additions } from "./additions";
import { type Change, classOf, isSet, options } from "./change";
import { flipsOf } from "./flips";
import { isHarmless } from "./harmless";
import { componentOf, type Mutant } from "./mutant";
import { isPolicy } from "./policy-flips";
import { members, opened, type Path } from "./values";

/** All mutants of what a program registered, but for the harmless ones. */
export function mutantsOf(recorded: Recorded[]): Mutant[] {
  return recorded
    .filter(({ type }) => !/^(tap:|pulumi:pulumi:)/.test(type))
    .flatMap((resource) =>
      [...inputChanges(resource), ...otherChanges(resource)].map((change) => ({
        type: resource.type,
        name: resource.name,
        component: componentOf(resource),
        change,
      })),
    );
}

function inputChanges({ type, inputs }: Recorded): Change[] {
  return members(inputs).flatMap(([key, value]) => changesAt(classOf(type), [key], value));
}

function changesAt(resourceClass: string, path: Path, value: unknown): Change[] {
  if (isHarmless(resourceClass, path.join("."))) return [];
  const flips = flipsOf(path, value).map(({ title }): Change => ({ kind: "input", path, flip: title }));
  // The flips of a policy are about all that is in it.
  const inner = isPolicy(opened(value)) ? [] : members(value);
  return [...flips, ...inner.flatMap(([key, member]) => changesAt(resourceClass, [...path, key], member))];
}

function otherChanges(resource: Recorded): Change[] {
  const added = Object.keys(additions[classOf(resource.type)] ?? {});
  return [
    ...added.map((input): Change => ({ kind: "added", input })),
    ...resource.secretInputs.map((path): Change => ({ kind: "not secret", path })),
    ...resource.dependsOn.map((dependency): Change => ({ kind: "not after", dependency })),
    ...options.filter((option) => isSet(resource, option)).map((option): Change => ({ kind: "without", option })),
    { kind: "removed" },
  ];
}
