import { inspect } from "node:util";

interface Debuggable {
  debuggablePromise: (promise: Promise<void> & { _debugStackTrace?: string }) => Promise<void>;
}

const { debuggablePromise } = jest.requireActual<Debuggable>("@pulumi/pulumi/runtime/debuggable");

const given = Object.getOwnPropertyDescriptor(Error, "prepareStackTrace");

/** Imports the module where traces are written by `format`. */
function importWith(format: (error: Error) => string): void {
  Error.prepareStackTrace = format;
  jest.isolateModules(() => {
    jest.requireActual("../../lib/stack-traces");
  });
}

afterEach(() => {
  Object.defineProperty(Error, "prepareStackTrace", given ?? { value: undefined });
});

describe("traces of promises", () => {
  /** What the two kinds of traces are with it, where errors are formatted as `formatted`. */
  function traces() {
    importWith((error) => `formatted ${error.message}`);
    const { stack } = new Error("of the program");
    const promise: Parameters<Debuggable["debuggablePromise"]>[0] = Promise.resolve();
    void debuggablePromise(promise);
    return { error: stack, promise: promise._debugStackTrace };
  }

  afterEach(() => {
    delete process.env.PULUMI_DEBUG_PROMISE_LEAKS;
  });

  it("are not formatted, those of errors are", () => {
    expect(traces()).toEqual({ error: "formatted of the program", promise: "" });
  });

  it("are formatted for whoever looks for leaks", () => {
    process.env.PULUMI_DEBUG_PROMISE_LEAKS = "true";
    expect(traces()).toEqual({ error: "formatted of the program", promise: "formatted " });
  });
});

describe("a line of a trace", () => {
  const traceOf = (line: string) => {
    importWith(() => `Error: refused\n    at ${line}\n    at main (/work/index.ts:1:1)`);
    return new Error("refused");
  };
  const lineOf = (line: string) => traceOf(line).stack?.split("\n")[1];

  it.each([
    ["/work/node_modules/@pulumi/resource.ts:1598:22", "/work/node_modules/@pulumi/./resource.ts:1598:22"],
    ["Stack (/work/node_modules/@pulumi/stack.ts:78:28)", "Stack (/work/node_modules/@pulumi/./stack.ts:78:28)"],
    ["/work/node_modules/index.ts:1:1", "/work/node_modules/./index.ts:1:1"],
    [
      String.raw`C:\work\node_modules\@pulumi\stack.ts:78:28`,
      String.raw`C:\work\node_modules\@pulumi\.\stack.ts:78:28`,
    ],
  ])("%s is never the last step after node_modules", (line, expected) => {
    expect(lineOf(line)).toBe(`    at ${expected}`);
  });

  it.each([
    "/work/node_modules/@pulumi/pulumi/resource.js:1598:22",
    "/work/node_modules/jest/index.js:1:1",
    "/work/lib/node_modules.ts:1:1",
    "/work/index.ts:1:1",
  ])("%s stays as it is", (line) => {
    expect(lineOf(line)).toBe(`    at ${line}`);
  });

  it("of a scope can be colored by every Node.js", () => {
    expect(inspect(traceOf("/work/node_modules/@pulumi/resource.ts:1598:22"), { colors: true })).toContain("refused");
  });
});
