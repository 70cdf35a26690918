import { registerStack, type RegisteredStack } from "../../tools/plan/register-stack";
import type { Registered } from "../../tools/program";
import { withoutStackTraces } from "./without-stack-traces";

/** A registered resource of a type, with as little as a test is about. Its URN is `<type>::<name>`. */
export function registered(type: string, name: string, more: Partial<Registered> = {}): Registered {
  return {
    urn: urnOf(type, name),
    type,
    name,
    parent: "",
    custom: !type.startsWith("tap:"),
    inputs: {},
    references: {},
    dependencies: [],
    ...more,
  };
}

/** As the engine writes them, for the tools that read types and names out of them. */
export function urnOf(type: string, name: string): string {
  return `urn:pulumi:dev::tap::${type}::${name}`;
}

/** What the program registers for a stack. */
export function registeredBy(stack: string, given: Record<string, string> = {}): Promise<RegisteredStack> {
  return withoutStackTraces(() => registerStack(stack, given));
}
