import type { Deployment, ResourceState } from "../../tools/stack-commands";

/** A state in which everything that differs from environment to environment has the same name. */
export type Comparable = Record<string, unknown>;

type Values = Record<string, unknown>;

/** Pulumi's mark of a secret in an exported state. */
const secretMark = "4dabf18193072939515e22adb298388d";

/**
 * What the engine and the provider keep beside a resource's own properties, and what AWS makes up in a form that a word may have, too. How the provider imports
 * an API's document is none of AWS's properties, and in the outputs of an adopted API only.
 */
const leftOut = ["__meta", "__pulumi_raw_state_delta", "putRestApiMode", "revision", "rootResourceId"];

/** Names that AWS makes up, in the forms that none of ours has. */
const generated: [RegExp, string][] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, "<uuid>"],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z| ?[+-]\d\d:?\d\d( UTC)?)?/g, "<time>"],
  [/\b(e?ni|eipassoc|eipalloc|rtbassoc|igw|acl|rtb|sgr|sg|subnet|vpc|pl|fl|nat|vpce)-[0-9a-f]{8,17}\b/g, "$1-<id>"],
  [/rds!db-<uuid>-\w{6}/g, "<master secret>"],
  [/\bA[A-Z0-9]{20}\b/g, "<IAM id>"],
  [/\bscalable-target\/[a-z0-9]+\b/g, "<scalable target>"],
  [/\bec2-\d+-\d+-\d+-\d+\b/g, "<host>"],
  [/\bip-\d+-\d+-\d+-\d+\b/g, "<host>"],
  [/\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b(?!\/)/g, "<address>"],
  // A family counts on, also after all of its task definitions are gone.
  [/(\btask-definition\/(<[^>]+>|[\w-])+):\d+/g, "$1:<revision>"],
  [/\bterraform-[0-9a-f]+/g, "<version>"],
  [/\.\w{6}(\.\w+\.cache\.amazonaws\.com)/g, ".<cache>$1"],
  [/\b[0-9a-f]{16,}\b/g, "<hash>"],
];

/** The resources of a state by their place in the program: type, inputs, outputs, dependencies. */
export function comparable(
  { resources = [], pending_operations: pending = [] }: Deployment,
  suffix: string,
): Comparable {
  const names = new Map(
    resources.flatMap(({ id, urn }) => (id && id.length > 6 ? [[id, `<${lastParts(urn)}>`] as const] : [])),
  );
  // The longest first, as one may hold another.
  const ids = [...names.keys()].sort((a, b) => b.length - a.length);
  const own = new RegExp(`(?<![a-z0-9])${suffix}(?![a-z0-9])`, "g");
  const text = (value: string): string => {
    let result = value;
    for (const id of ids) result = result.replaceAll(id, names.get(id) ?? id);
    result = result.replace(own, "<suffix>");
    for (const [form, name] of generated) result = result.replace(form, name);
    return result;
  };
  return {
    "pending operations": pending.length,
    ...Object.fromEntries(
      resources.map((resource) => [
        `${text(resource.urn)}${resource.delete ? " (to be deleted)" : ""}`,
        resourceOf(resource as ResourceState & Values, text),
      ]),
    ),
  };
}

function resourceOf(resource: ResourceState & Values, text: (value: string) => string): Values {
  const { type, inputs, outputs, dependencies, propertyDependencies, parent, provider, protect, initErrors } = resource;
  const shown = (value: unknown) => canonical(value, text);
  const comparableOutputs = type === "aws:ec2/securityGroup:SecurityGroup" ? withSingleRules(outputs) : outputs;
  return {
    type,
    inputs: shown(inputs),
    // The rest of the stack's outputs is that of its resources.
    outputs: type === "pulumi:pulumi:Stack" ? undefined : shown(comparableOutputs),
    dependencies: shown(dependencies),
    propertyDependencies: shown(propertyDependencies),
    parent: shown(parent),
    provider: shown(provider),
    protect: shown(protect),
    initErrors: shown(initErrors),
  };
}

/** The provider sums up a group's rules on the same port as it did before, one more by one more: so each is told on its own. */
function withSingleRules(outputs: Values = {}): Values {
  const single = (rules: unknown) => (rules as Values[]).flatMap(rulesOf);
  const lists = ["ingress", "egress"].filter((direction) => Array.isArray(outputs[direction]));
  return { ...outputs, ...Object.fromEntries(lists.map((direction) => [direction, single(outputs[direction])])) };
}

function rulesOf(rule: Values): Values[] {
  const kinds = ["cidrBlocks", "ipv6CidrBlocks", "prefixListIds", "securityGroups"];
  const common = Object.fromEntries(Object.entries(rule).filter(([key]) => ![...kinds, "self"].includes(key)));
  const peers = kinds.flatMap((kind) =>
    ((rule[kind] ?? []) as unknown[]).map((peer) => ({ ...common, [kind]: [peer] })),
  );
  return rule.self ? [...peers, { ...common, self: true }] : peers;
}

/** Without what is empty, which the provider writes in several ways; texts that are JSON as what they say; lists as sets. */
function canonical(value: unknown, text: (value: string) => string): unknown {
  if (typeof value === "string") return structured(value, text);
  if (typeof value !== "object" || value === null)
    return value === false || value === 0 ? undefined : (value ?? undefined);
  if (secretMark in value) return "<secret>";
  if (Array.isArray(value)) {
    const items = value.map((item) => canonical(item, text)).filter((item) => item !== undefined);
    return items.length === 0 ? undefined : items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  const entries = Object.entries(value)
    .filter(([key]) => !leftOut.includes(key))
    .map(([key, item]) => [text(key), canonical(item, text)] as const)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function structured(value: string, text: (value: string) => string): unknown {
  if (value === "") return undefined;
  if (/^[[{]/.test(value)) {
    try {
      return canonical(JSON.parse(value), text);
    } catch {
      return text(value);
    }
  }
  return text(value);
}

/** Where two differ, a line each: `place: one, other`. */
export function differences(one: unknown, other: unknown, place = ""): string[] {
  if (JSON.stringify(one) === JSON.stringify(other)) return [];
  if (isObject(one) && isObject(other)) {
    return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap((key) =>
      differences(one[key], other[key], place === "" ? key : `${place}.${key}`),
    );
  }
  return [`${place}: ${JSON.stringify(one)}, ${JSON.stringify(other)}`];
}

function isObject(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Type and logical name. */
function lastParts(urn: string): string {
  return urn.split("::").slice(2).join(" ").replace(/^.*\$/, "");
}
