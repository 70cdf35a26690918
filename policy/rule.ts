import type { Control } from "./controls";

/** A resource as the rules see it: as a program registers it, a preview shows it, or a state holds it. */
export interface PolicyResource {
  urn: string;
  type: string;
  /** Logical name. */
  name: string;
  /** Plain values, ids and ARNs of other resources among them; what cannot be read is `hidden` (values.ts). */
  inputs: Record<string, unknown>;
  /** URNs of the resources that an input's value comes from, by input. They are known before ids and ARNs are. */
  references: Record<string, string[]>;
}

/** What a rule says and asks, of a resource, or of a resource and what stands beside it. */
interface RuleFacts<Asked extends unknown[]> {
  /** Unique, in kebab-case. */
  name: string;
  /** What must be true. */
  description: string;
  /** The clauses and controls that ask for it: at least one clause. */
  controls: Control[];
  severity: "critical" | "high" | "medium" | "low";
  /** A violation of a mandatory rule stops `preview` and `up`; of an advisory one, it is reported. */
  enforcement: "mandatory" | "advisory";
  /** What to do about a violation. */
  remedy: string;
  /** Types of the resources that it is about; every one, if missing. */
  types?: string[];
  /** Which resources of these types it is about; all, if missing. The others are not judged. Asking for what is hidden ends the judgement. */
  about?: (...asked: Asked) => boolean;
  /** Violations, in words. Asking for what is hidden ends the judgement. */
  check: (...asked: Asked) => string[];
  /** Where it is knowingly not kept, and why that is accepted: no violation, but shown in the evidence. */
  exception?: { reason: string; covers: (...asked: Asked) => boolean };
}

/** A rule that one resource keeps or violates by itself; it stops a resource before it is created. */
export interface ResourceRule extends RuleFacts<[resource: PolicyResource]> {
  scope: "resource";
}

/** A rule that a resource keeps or violates by what stands beside it; it is judged when the whole stack is known. */
export interface StackRule extends RuleFacts<[resource: PolicyResource, stack: PolicyResource[]]> {
  scope: "stack";
}

export type Rule = ResourceRule | StackRule;
