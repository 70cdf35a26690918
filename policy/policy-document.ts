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

/** Whether a statement has a condition on a key, whatever the operator. */
export function hasCondition({ conditions: all }: PolicyStatement, ...keys: string[]): boolean {
  return [...all.keys()].some((condition) => keys.includes(condition.split(" ")[1] ?? ""));
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
