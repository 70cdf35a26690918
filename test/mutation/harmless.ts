/** Inputs that cannot weaken the platform's security, and so need no test or rule that holds them. */
export interface Harmless {
  /** Of the resources, without their module; of all, if missing. */
  classes?: string[];
  /** Of the input with all that is in it, joined by dots. */
  path: RegExp;
  reason: string;
}

export const harmless: Harmless[] = [
  {
    path: /^(description|alarmDescription|displayName|tags\.Name|metricQueries\.\d+\.label)$/,
    reason: "People read it; nothing depends on it.",
  },
  {
    classes: ["Dashboard", "QueryDefinition"],
    path: /./,
    reason: "It shows what there is to those who may read it anyway.",
  },
  {
    classes: ["Function"],
    path: /^code$/,
    reason: "The code has tests of its own: test/service, and bundle.test.ts for how it becomes an archive.",
  },
  {
    classes: ["RestApi"],
    path: /^body\.(openapi|info|components\.schemas|paths\.[^.]+\.[^.]+\.(operationId|summary|description|parameters|requestBody|responses))$/,
    reason:
      "What requests look like is the contract's, which the service itself holds them to: contract.test.ts, test/service/fuzz.test.ts.",
  },
];

export function isHarmless(resourceClass: string, path: string): boolean {
  return harmless.some((entry) => applies(entry, resourceClass, path));
}

export function applies({ classes, path: pattern }: Harmless, resourceClass: string, path: string): boolean {
  return (classes?.includes(resourceClass) ?? true) && pattern.test(path);
}
