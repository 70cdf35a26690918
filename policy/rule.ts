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

interface RuleFacts {
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
  /** Types of the resources that it is about. */
  types: string[];
  /** Where it is knowingly not kept, and why that is accepted: no violation, but shown in the evidence. */
  exception?: { reason: string; covers: (resource: PolicyResource) => boolean };
}

/** A rule that one resource keeps or violates by itself; it stops a resource before it is created. */
export interface ResourceRule extends RuleFacts {
  scope: "resource";
  /** Violations, in words. Asking for what is hidden ends the judgement. */
  check: (resource: PolicyResource) => string[];
}

/** A rule that a resource keeps or violates by what stands beside it; it is judged when the whole stack is known. */
export interface StackRule extends RuleFacts {
  scope: "stack";
  /** Violations, in words. Asking for what is hidden ends the judgement. */
  check: (resource: PolicyResource, stack: PolicyResource[]) => string[];
}

export type Rule = ResourceRule | StackRule;
