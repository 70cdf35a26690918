import type { PolicyResource } from "../../policy/rule";
import { hidden, plain } from "../../policy/values";
import { UserError } from "../cli";

/** What `pulumi stack export` prints, as far as it is read here. */
interface ExportedState {
  deployment?: { resources?: StateResource[] };
}

type Values = Record<string, unknown>;

interface StateResource {
  urn: string;
  type: string;
  /** True for what a replacement has left to be deleted. */
  delete?: boolean;
  inputs?: Values;
  outputs?: Values;
  propertyDependencies?: Record<string, string[] | null>;
}

/**
 * The resources of a deployed stack, as AWS told the engine that they are: what it told last counts before what the program asked for. Secrets stay hidden.
 * @param text what `pulumi stack export` prints
 * @throws UserError where it is something else, or holds no resource
 */
export function resourcesInState(text: string): PolicyResource[] {
  const resources = parse(text).deployment?.resources ?? [];
  if (resources.length === 0) throw new UserError("The state holds no resources. Is it from `pulumi stack export`?");
  return resources
    .filter((resource) => !resource.delete)
    .map(({ inputs = {}, outputs = {}, propertyDependencies = {}, type, urn }) => ({
      urn,
      type,
      name: urn.split("::").at(-1) ?? "",
      inputs: { ...(withoutNulls(plain(inputs)) as Values), ...told(outputs, inputs) },
      references: Object.fromEntries(
        Object.entries(propertyDependencies).map(([input, targets]) => [input, targets ?? []]),
      ),
    }));
}

/** Without secrets that nobody has set: the provider encrypts some outputs even where they are empty. */
function told(outputs: Values, inputs: Values): Values {
  const entries = Object.entries(withoutNulls(plain(outputs)) as Values);
  return Object.fromEntries(entries.filter(([key, value]) => value !== hidden || key in inputs));
}

/** The provider writes null for what is not there. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([key, member]) => [key, withoutNulls(member)]));
}

function parse(text: string): ExportedState {
  try {
    return JSON.parse(text) as ExportedState;
  } catch {
    throw new UserError("The state is not JSON. Is it from `pulumi stack export`?");
  }
}
