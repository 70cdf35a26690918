import type { ResourceState } from "../stack-commands";

/** One thing in the cloud. AWS's names tell apart what is of one type only: a function may be called as its role is. */
export function identity(type: string, id: string): string {
  return `${type} ${id}`;
}

/** Those that exist, as far as the state tells. The engine keeps what it deletes before it makes it again until that is made. */
export function withoutDeleted(resources: ResourceState[]): ResourceState[] {
  return resources.filter(({ pendingReplacement }) => pendingReplacement !== true);
}

/** Every form in which a resource of the state may be listed. */
export function identitiesOf({ id, outputs, type }: ResourceState): string[] {
  return [id, outputs?.arn, outputs?.identifier]
    .filter((value) => typeof value === "string")
    .map((value) => identity(type, value));
}
