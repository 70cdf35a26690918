import { readFileSync } from "node:fs";
import type { PolicyResource } from "../../policy/rule";
import { hidden, plain } from "../../policy/values";
import { UserError } from "../cli";

/** What `pulumi stack export` prints, as far as it is read here. */
interface ExportedState {
  deployment?: {
    resources?: StateResource[];
    /** What the engine had begun when it was ended. */
    pending_operations?: { type: string; resource: { urn: string } }[];
  };
}

type Values = Record<string, unknown>;

interface StateResource {
  urn: string;
  type: string;
  /** True for what a replacement has left to be deleted. */
  delete?: boolean;
  /** True for what a replacement has deleted, and has yet to make anew. */
  pendingReplacement?: boolean;
  inputs?: Values;
  outputs?: Values;
  propertyDependencies?: Record<string, string[] | null>;
}

/** What a state says. */
export interface DeployedStack {
  resources: PolicyResource[];
  /** `<operation> <URN>` of what was begun and not ended. */
  pending: string[];
}

/**
 * The resources of a deployed stack, as AWS told the engine that they are: what it told last counts before what the program asked for. Secrets stay hidden.
 * @param text what `pulumi stack export` prints
 * @throws UserError where it is something else, or holds no resource
 */
export function deployedStack(text: string): DeployedStack {
  const { resources = [], pending_operations: pending } = parse(text).deployment ?? {};
  if (resources.length === 0) throw new UserError("The state holds no resources. Is it from `pulumi stack export`?");
  return {
    resources: resources.filter((resource) => !resource.delete && !resource.pendingReplacement).map(policyResource),
    pending: (pending ?? []).map(({ type, resource }) => `${type} ${resource.urn}`),
  };
}

/**
 * The text of a state's file.
 * @throws UserError where it cannot be read
 */
export function readState(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(`The state cannot be read: ${(error as Error).message}`);
  }
}

function policyResource({
  inputs = {},
  outputs = {},
  propertyDependencies = {},
  type,
  urn,
}: StateResource): PolicyResource {
  return {
    urn,
    type,
    name: urn.split("::").at(-1) ?? "",
    inputs: { ...(withoutNulls(plain(inputs)) as Values), ...told(outputs, inputs) },
    references: Object.fromEntries(
      Object.entries(propertyDependencies).map(([input, targets]) => [input, targets ?? []]),
    ),
  };
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
    return (JSON.parse(text) ?? {}) as ExportedState;
  } catch {
    throw new UserError("The state is not JSON. Is it from `pulumi stack export`?");
  }
}
