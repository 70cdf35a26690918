import type { Statement } from "../../lib/iam";

/** What IAM is told of a request: condition keys and their values. */
export type Context = Record<string, string | string[]>;

const list = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

/** Whether identity-based policies allow an action (IAM user guide, "Policy evaluation logic"): some statement does and none denies it. */
export function isAllowed(statements: Statement[], action: string, resource: string, context: Context = {}): boolean {
  const matching = concerning(statements, action.toLowerCase()).filter(
    (statement) =>
      list(statement.Resource ?? []).some((pattern) => like(pattern, resource)) &&
      Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
        Object.entries(keys).every(([key, values]) => holds(operator, list(values), context[key])),
      ),
  );
  return matching.length > 0 && matching.every(({ Effect }) => Effect === "Allow");
}

/** The statements on an action, of each list: a role is asked the same ones of many resources. */
const known = new WeakMap<Statement[], Map<string, Statement[]>>();

function concerning(statements: Statement[], action: string): Statement[] {
  const byAction = known.get(statements) ?? new Map<string, Statement[]>();
  known.set(statements, byAction);
  const found =
    byAction.get(action) ??
    statements.filter(({ Action }) => list(Action).some((pattern) => like(pattern.toLowerCase(), action)));
  byAction.set(action, found);
  return found;
}

/** `*` stands for any characters, `?` for one. */
export function like(pattern: string, value: string): boolean {
  const expression = expressions.get(pattern) ?? expressionOf(pattern);
  expressions.set(pattern, expression);
  return typeof expression === "string" ? expression === value : expression.test(value);
}

/** By pattern, as the same ones are asked thousands of times. */
const expressions = new Map<string, RegExp | string>();

function expressionOf(pattern: string): RegExp | string {
  if (!/[*?]/.test(pattern)) return pattern;
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", "[^]*")
    .replaceAll("?", "[^]");
  return new RegExp(`^${escaped}$`);
}

const comparisons: Record<string, (wanted: string, value: string) => boolean> = {
  StringEquals: (wanted, value) => wanted === value,
  StringLike: like,
  ArnEquals: like,
  ArnLike: like,
  Bool: (wanted, value) => wanted === value,
};

function holds(operator: string, wanted: string[], given: string | string[] | undefined): boolean {
  if (operator === "Null") return wanted.includes(String(given === undefined));
  if (operator === "ForAllValues:StringNotEquals") return list(given ?? []).every((value) => !wanted.includes(value));
  const [, name = "", optional] = /^(.*?)(IfExists)?$/.exec(operator) ?? [];
  if (given === undefined) return optional !== undefined;
  const compare = comparisons[name];
  if (!compare || Array.isArray(given)) throw new Error(`${operator} is not simulated`);
  return wanted.some((value) => compare(value, given));
}
