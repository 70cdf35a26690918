import { isPolicy, policyFlips } from "./policy-flips";
import { isDocument, opened, type Path } from "./values";
import { openingOf, weakerValues } from "./weaker-values";

/** One way to make a value another: a weaker one, where that is known. */
export interface Flip {
  /** The same for every value of the kind: so it is found again in tests whose values are not the program's. */
  title: string;
  /** Undefined if the value is taken out. */
  value: unknown;
}

/** All flips of what is at a path of a resource's inputs. */
export function flipsOf(path: Path, value: unknown): Flip[] {
  const flips = flipsOfKind(path.join("."), opened(value));
  const told = isDocument(value) ? flips.map((flip) => ({ ...flip, value: JSON.stringify(flip.value) })) : flips;
  return [...told, { title: "dropped", value: undefined }];
}

function flipsOfKind(path: string, value: unknown): Flip[] {
  if (isPolicy(value)) return policyFlips(value);
  const weaker = weakerValues(path, value).map((other) => ({ title: `= ${JSON.stringify(other)}`, value: other }));
  if (weaker.length > 0) return weaker;
  switch (typeof value) {
    case "boolean":
      return [{ title: "negated", value: !value }];
    case "number":
      return [
        { title: "lowered", value: value - 1 },
        { title: "raised", value: value + 1 },
      ];
    case "string":
      return [{ title: "another", value: `${value}-another` }];
    default:
      return Array.isArray(value) ? listFlips(path, value) : [];
  }
}

/** Items are left out one by one as what they are: values in the list. */
function listFlips(path: string, items: unknown[]): Flip[] {
  const opening = openingOf(path);
  return opening === undefined ? [] : [{ title: "opened", value: [...items, opening] }];
}
