import type { Registered } from "../program";

/** Marks what is not plain data on its way to the engine (Pulumi SDK, "rpc"). */
const signature = "4dabf18193072939515e22adb298388d";

/** What the engine is told instead of a value that only AWS can say. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A value for people: secrets and files without their content, and what only AWS can say as such. */
export function shown(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll(unknown, "<known later>");
  if (typeof value !== "object" || value === null) return value;
  if (signature in value) return "value" in value ? "<secret>" : filesOf(value);
  if (Array.isArray(value)) return value.map(shown);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shown(item)]));
}

/** A bundle's folder is named by its content; of other files only that they are there matters. */
function filesOf(value: object): string {
  return "path" in value && typeof value.path === "string"
    ? `<files ${value.path.split("/").at(-1)?.slice(0, 12) ?? ""}>`
    : "<files>";
}

/** `aws:ec2/vpc:Vpc` as `aws:ec2:Vpc`, the way Pulumi shows it. */
export function shortType(type: string): string {
  return type.replace(/\/[^:]+:/, ":");
}

/** `<Class> <name>`, by which people tell resources apart. */
export function titleOf({ type, name }: { type: string; name: string }): string {
  return `${type.split(":").at(-1) ?? ""} ${name}`;
}

/** The same of a URN. */
export function titleOfUrn(urn: string): string {
  const [, , type = "", name = ""] = urn.split("::");
  return titleOf({ type, name });
}

/** Everything that a program registered, and what of it belongs to what. */
export class Stack {
  private readonly byUrn: Map<string, Registered>;

  constructor(readonly resources: Registered[]) {
    this.byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  }

  get(urn: string): Registered | undefined {
    return this.byUrn.get(urn);
  }

  ofType(type: string): Registered[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** What exists in the cloud: no component, and no provider. */
  get inCloud(): Registered[] {
    return this.resources.filter(({ custom, type }) => custom && !type.startsWith("pulumi:"));
  }

  /** Class of the component that a resource belongs to, such as `Vpc`; of the stack, if to none. */
  componentOf(resource: Registered): string {
    const parent = this.get(resource.parent);
    return parent?.type.split(":").at(-1) ?? "Stack";
  }

  /** The resources that an input's value comes from. */
  referred(resource: Registered, input: string): Registered[] {
    return (resource.references[input] ?? []).flatMap((urn) => this.get(urn) ?? []);
  }

  /** The resources of a type whose input's value comes from another resource. */
  referring(type: string, input: string, target: Registered): Registered[] {
    return this.ofType(type).filter((resource) => (resource.references[input] ?? []).includes(target.urn));
  }
}
