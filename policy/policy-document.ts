import { isPresent, json, list, texts } from "./values";

/** A statement of a policy document (IAM user guide, "IAM JSON policy elements"). */
export interface PolicyStatement {
  allows: boolean;
  actions: string[];
  resources: string[];
  /** Who it is about, as `Service lambda.amazonaws.com` or `*`. */
  principals: string[];
  /** `<operator> <key>` to values. */
  conditions: Map<string, string[]>;
  /** NotAction, NotResource or NotPrincipal, where it has one. */
  negations: string[];
}

type Members = Record<string, unknown>;

/** The statements of a policy document; none, if it is missing. */
export function policyStatements(document: unknown): PolicyStatement[] {
  const parsed = json(document);
  if (typeof parsed !== "object" || parsed === null) return [];
  return list((parsed as Members).Statement).map((statement) => {
    const { Effect, Action, Resource, Principal, Condition } = statement as Members;
    return {
      allows: Effect === "Allow",
      actions: texts(Action),
      resources: texts(Resource),
      principals: principals(Principal),
      conditions: conditions(Condition),
      negations: ["NotAction", "NotResource", "NotPrincipal"].filter((element) => element in (statement as Members)),
    };
  });
}

/** The statements that allow something. */
export function allowed(document: unknown): PolicyStatement[] {
  return policyStatements(document).filter(({ allows }) => allows);
}

/** Operators that only a request meets which holds a value: not `…IfExists`, `ForAllValues:…` and `Null`, which what lacks it meets, and not `…Not…`. */
const requiring = /^(ForAnyValue:)?(StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike|Bool)$/;

/** Whether a statement is about requests only in which one of these keys has a named value. A key that ends in a colon stands for all that begin so. */
export function hasCondition({ conditions: all }: PolicyStatement, ...keys: string[]): boolean {
  return [...all].some(([condition, values]) => {
    const [operator = "", key = ""] = condition.split(" ");
    const isAsked = keys.some((asked) => key === asked || (asked.endsWith(":") && key.startsWith(asked)));
    return isAsked && requiring.test(operator) && values.length > 0 && !values.some(isAnything);
  });
}

/** Whether a statement denies everybody an action where the request does not come over TLS, and nothing else decides. */
export function refusesPlainText(
  { allows, actions, principals, conditions: all }: PolicyStatement,
  action: string,
): boolean {
  return (
    !allows &&
    actions.includes(action) &&
    principals.includes("*") &&
    all.size === 1 &&
    all.get("Bool aws:SecureTransport")?.join() === "false"
  );
}

/** Whether a pattern is met by everything, or by all of a service in every account: `*`, `arn:aws:kms:*:*:*`. */
export function isAnything(pattern: string): boolean {
  return /^([*?]+|arn:((aws[\w-]*|\*):([a-z0-9-]+:)?)?[*?:]+)$/.test(pattern);
}

/** Services in whose ARNs the name of a resource comes first, and not its type. */
const untyped = ["execute-api", "s3", "sns", "sqs"];

/** Whether an ARN names no resource, but all of a service or of a type: `arn:aws:kms:eu-west-1:123456789012:key/*`. */
export function namesNone(arn: string): boolean {
  const [, , service = "", , , ...rest] = arn.split(":");
  const all = untyped.includes(service) ? /^\*+(\/\*+)?$/ : /^([\w*-]+[:/])?\*+$/;
  return isAnything(arn) || all.test(rest.join(":"));
}

function principals(principal: unknown): string[] {
  if (typeof principal === "string") return [principal];
  if (!isPresent(principal)) return [];
  return Object.entries(principal as Members).flatMap(([kind, names]) =>
    texts(names).map((name) => (name === "*" ? name : `${kind} ${name}`)),
  );
}

function conditions(condition: unknown): Map<string, string[]> {
  const operators = Object.entries((condition ?? {}) as Record<string, Members>);
  return new Map(
    operators.flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => [`${operator} ${key}`, list(values).map(String)] as const),
    ),
  );
}
