import * as pulumi from "@pulumi/pulumi";

/** What is configured for this stack, by the program's own keys: those without the project's name before them. */
export function configuredValues(): Record<string, string> {
  const prefix = `${pulumi.getProject()}:`;
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value]));
}
