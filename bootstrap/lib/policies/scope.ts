import { regionalArn, type Environment } from "../../../lib/environment";
import { functionTypes, resourceName, resourceTypes, type ResourceType } from "../../../lib/naming";

/** The environments that a role is for: as an `Environment` whose suffix may end in `*`, for any characters. */
export type Scope = Environment;

type NameKind = (typeof resourceTypes)[ResourceType];
type Conditions = Record<string, Record<string, string | string[]>>;

const environmentOf = (kind: "ResourceTag" | "RequestTag") => `aws:${kind}/Environment`;

/** ARNs of what the program gives names of a kind, such as `arn:…:db:rds-postgres-dev`, whose ARN goes on with `end`. */
export function namedArns(scope: Scope, service: string, prefix: string, kind: NameKind, end = ""): string[] {
  return namesOf(scope, kind).map((name) => regionalArn(scope, service, `${prefix}${name}${end}`));
}

/** The names of a kind that the program gives. */
export function namesOf({ environmentSuffix }: Scope, kind: NameKind): string[] {
  const types = Object.keys(resourceTypes) as ResourceType[];
  return types.filter((type) => resourceTypes[type] === kind).map((type) => resourceName(type, environmentSuffix));
}

/** The names of the roles and of their policies. */
export function roleNames(scope: Scope): string[] {
  return [
    ...functionTypes.map((type) => resourceName(type, scope.environmentSuffix)),
    ...namesOf(scope, "IAM role or policy"),
  ];
}

/** ARN of something of IAM, which has no region. */
export function iamArn({ partition, accountId }: Scope, resource: string): string {
  return `arn:${partition}:iam::${accountId}:${resource}`;
}

/** ARN of something of API Gateway, which has no account. */
export function gatewayArn({ partition, region }: Scope, path: string): string {
  return `arn:${partition}:apigateway:${region}::${path}`;
}

/** What carries the tag of the scope's environments. */
export function owned({ environmentSuffix }: Scope): Conditions {
  return { StringLike: { [environmentOf("ResourceTag")]: environmentSuffix } };
}

/** What is being made with the tag of the scope's environments. */
export function made({ environmentSuffix }: Scope): Conditions {
  return { StringLike: { [environmentOf("RequestTag")]: environmentSuffix } };
}

/** What is being made with the tag, by a service that asks for a permission to tag it, too; never what carries another's tag. */
export function tagged(scope: Scope): Conditions {
  return { ...made(scope), StringLikeIfExists: { [environmentOf("ResourceTag")]: scope.environmentSuffix } };
}

/** What carries the tag and keeps it. */
export function retagged(scope: Scope): Conditions {
  return { ...owned(scope), StringLikeIfExists: { [environmentOf("RequestTag")]: scope.environmentSuffix } };
}
