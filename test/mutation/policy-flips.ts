import type { Flip } from "./flips";
import { changedAt } from "./values";

interface Statement {
  Sid?: string;
  Effect: string;
  Principal?: unknown;
  Condition?: Record<string, object>;
  [element: string]: unknown;
}

interface PolicyDocument {
  Statement: Statement[];
}

/** Whether a value is a policy in the JSON of IAM, keys, buckets, secrets, topics or trust. */
export function isPolicy(value: unknown): value is PolicyDocument {
  return typeof value === "object" && value !== null && Array.isArray((value as Partial<PolicyDocument>).Statement);
}

/** Everything that makes a policy allow more or deny less. What makes it allow less only breaks what needs it. */
export function policyFlips(policy: PolicyDocument): Flip[] {
  const all = policy.Statement;
  const allowAll = {
    Effect: "Allow",
    Action: "*",
    Resource: "*",
    ...(all.some(({ Principal }) => Principal) && { Principal: "*" }),
  };
  return [
    { title: "and everything allowed", value: { ...policy, Statement: [...all, allowAll] } },
    ...all.flatMap((statement, index) =>
      statementFlips(statement).map(({ title, value }) => ({
        title: `${statement.Sid ?? `statement ${index}`} ${title}`,
        value: { ...policy, Statement: all.flatMap((other, at) => (at !== index ? [other] : value ? [value] : [])) },
      })),
    ),
  ];
}

function statementFlips(statement: Statement): Flip[] {
  return [
    ...(statement.Effect === "Allow"
      ? widenings(statement)
      : [...narrowings(statement), { title: "dropped", value: undefined }]),
    ...conditionFlips(statement),
  ];
}

function widenings(statement: Statement): Flip[] {
  const elements = ["Action", "Resource", "Principal"].filter((element) => element in statement);
  return elements
    .filter((element) => statement[element] !== "*")
    .map((element) => ({ title: `${element} *`, value: { ...statement, [element]: "*" } }));
}

/** Each action, resource and principal left out of a denial. */
function narrowings(statement: Statement): Flip[] {
  return ["Action", "Resource", "Principal"].flatMap((element) => {
    const items = statement[element];
    if (!Array.isArray(items)) return [];
    return items.map((item: unknown) => ({
      title: `without ${element} ${String(item)}`,
      value: { ...statement, [element]: items.filter((other) => other !== item) },
    }));
  });
}

/** Each condition left out, and with any value. */
function conditionFlips(statement: Statement): Flip[] {
  return Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
    Object.keys(keys).flatMap((key) => {
      const path = ["Condition", operator, key];
      return [
        { title: `without ${operator} ${key}`, value: changedAt(statement, path, () => undefined) },
        { title: `with ${operator} ${key} *`, value: changedAt(statement, path, () => "*") },
      ];
    }),
  );
}
