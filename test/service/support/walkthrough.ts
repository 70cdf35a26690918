/** One block of commands of a walk-through, and the answer that is shown for it. */
export interface Step {
  /** Where it stands, from 1. */
  line: number;
  commands: string;
  expected?: { form: "json" | "http"; text: string };
}

/** The steps below `## Walk-through`: blocks of `sh`, each with the block of `json` or `http` that follows it, if one does. */
export function parseWalkthrough(markdown: string): Step[] {
  const steps: Step[] = [];
  let inside = false;
  let block: { language: string; line: number; lines: string[] } | undefined;
  for (const [index, text] of markdown.split("\n").entries()) {
    if (block && text === "```") {
      addBlock(steps, block);
      block = undefined;
    } else if (block) block.lines.push(text);
    else if (text.startsWith("## ")) inside = text === "## Walk-through";
    else if (inside && text.startsWith("```")) block = { language: text.slice(3), line: index + 1, lines: [] };
  }
  if (block) throw new Error(`line ${block.line}: the block has no end`);
  if (steps.length === 0) throw new Error("there is no walk-through");
  return steps;
}

function addBlock(steps: Step[], { language, line, lines }: { language: string; line: number; lines: string[] }): void {
  const text = lines.join("\n");
  if (language === "sh") steps.push({ line, commands: text });
  else if (language === "json" || language === "http") {
    const step = steps.at(-1);
    if (!step || step.expected) throw new Error(`line ${line}: an answer without commands of its own`);
    step.expected = { form: language, text };
  } else throw new Error(`line ${line}: a block of "${language}"`);
}

/** What placeholders have stood for so far. */
export type Bound = ReadonlyMap<string, string>;

export interface Comparison {
  bound: Bound;
  /** Where the answer is not as shown; empty where it is. */
  differences: string[];
}

const uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

/** What a placeholder in angle brackets may stand for: something else each time, or the same once it has appeared. */
const placeholders: Record<string, { pattern: string; same: boolean }> = {
  "a uuid": { pattern: uuid, same: false },
  "a time": { pattern: "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z", same: false },
  "a cursor": { pattern: "[A-Za-z0-9_-]+", same: false },
  number: { pattern: "[A-Z0-9-]+", same: true },
  patient: { pattern: uuid, same: true },
  record: { pattern: uuid, same: true },
};

/** Stands for any number of further items of a list. */
const others = "…";

/** Compares what the commands of a step wrote with what is shown for them. */
export function compareAnswer({ form, text }: NonNullable<Step["expected"]>, output: string, bound: Bound): Comparison {
  return form === "json" ? compareJson(JSON.parse(text), output, bound) : compareHttp(text, output, bound);
}

function compareJson(expected: unknown, output: string, bound: Bound): Comparison {
  let actual: unknown;
  try {
    actual = JSON.parse(output);
  } catch {
    return { bound, differences: [`expected JSON, got ${JSON.stringify(output)}`] };
  }
  return compare(expected, actual, "", bound);
}

/** Headers that are not shown may be there too. */
function compareHttp(expected: string, output: string, bound: Bound): Comparison {
  const [shown, answered] = [message(expected), message(output)];
  let result = compare(shown.status, answered.status, "status", bound);
  for (const [name, value] of shown.headers)
    result = also(result, compare(value, answered.headers.get(name), name, result.bound));
  if (shown.body !== "") return also(result, compareJson(JSON.parse(shown.body), answered.body, result.bound));
  return also(result, compare("", answered.body, "body", result.bound));
}

function message(text: string) {
  const [head = "", ...rest] = text.replaceAll("\r\n", "\n").split("\n\n");
  const [status = "", ...lines] = head.trim().split("\n");
  const headers = lines.map((line) => {
    const [name = "", ...value] = line.split(":");
    return [name.toLowerCase(), value.join(":").trim()] as const;
  });
  return { status, headers: new Map(headers), body: rest.join("\n\n").trim() };
}

const also = (first: Comparison, second: Comparison): Comparison => ({
  bound: second.bound,
  differences: [...first.differences, ...second.differences],
});

function compare(expected: unknown, actual: unknown, at: string, bound: Bound): Comparison {
  if (typeof expected === "string" && typeof actual === "string") return compareText(expected, actual, at, bound);
  if (Array.isArray(expected) && Array.isArray(actual)) return compareItems(expected, actual, at, bound);
  if (isObject(expected) && isObject(actual)) {
    let result: Comparison = { bound, differences: [] };
    for (const name of new Set([...Object.keys(expected), ...Object.keys(actual)]))
      result = also(result, compare(expected[name], actual[name], `${at}/${name}`, result.bound));
    return result;
  }
  return expected === actual ? { bound, differences: [] } : different(expected, actual, at, bound);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const different = (expected: unknown, actual: unknown, at: string, bound: Bound): Comparison => ({
  bound,
  differences: [`${at}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`],
});

function compareText(expected: string, actual: string, at: string, bound: Bound): Comparison {
  // Every second part is a placeholder's name.
  const parts = expected.split(/<([^<>]+)>/);
  const names = parts.filter((_, index) => index % 2 === 1);
  const pattern = parts.map((part, index) => (index % 2 === 1 ? `(${patternOf(part, bound)})` : escaped(part)));
  const match = new RegExp(`^${pattern.join("")}$`).exec(actual);
  if (!match) return different(expected, actual, at, bound);
  const found = names.map((name, index) => [name, match[index + 1] ?? ""] as const);
  return { bound: new Map([...bound, ...found.filter(([name]) => placeholders[name]?.same)]), differences: [] };
}

function patternOf(name: string, bound: Bound): string {
  const placeholder = placeholders[name];
  if (!placeholder) throw new Error(`there is no placeholder <${name}>`);
  const known = bound.get(name);
  return known === undefined ? placeholder.pattern : escaped(known);
}

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

function compareItems(expected: unknown[], actual: unknown[], at: string, bound: Bound): Comparison {
  const [first, ...rest] = expected;
  if (first === others) {
    // The first place from which everything fits.
    const tries = [...actual, undefined].map((_, index) => compareItems(rest, actual.slice(index), at, bound));
    return tries.find(({ differences }) => differences.length === 0) ?? different(expected, actual, at, bound);
  }
  if (expected.length === 0 || actual.length === 0)
    return expected.length === actual.length ? { bound, differences: [] } : different(expected, actual, at, bound);
  const result = compare(first, actual[0], `${at}/…`, bound);
  return also(result, compareItems(rest, actual.slice(1), at, result.bound));
}
