/** Inputs that carry a physical name, the most telling first. */
const nameInputs = ["identifier", "replicationGroupId", "name", "namePrefix", "stageName", "family", "domain"] as const;

/** The name that AWS will show for a resource with these inputs, if they say one. */
export function physicalName(inputs: Record<string, unknown>): string | undefined {
  const tags = inputs.tags as Record<string, unknown> | undefined;
  return [tags?.Name, ...nameInputs.map((name) => inputs[name])].find((name) => typeof name === "string");
}
