interface Debuggable {
  debuggablePromise: (promise: Promise<void> & { _debugStackTrace?: string }) => Promise<void>;
}

const { debuggablePromise } = jest.requireActual<Debuggable>("@pulumi/pulumi/runtime/debuggable");

const given = Object.getOwnPropertyDescriptor(Error, "prepareStackTrace");

/** What the two kinds of traces are with it, where errors are formatted as `formatted`. */
function traces() {
  Error.prepareStackTrace = (error) => `formatted ${error.message}`;
  jest.isolateModules(() => {
    jest.requireActual("../../lib/promise-traces");
  });
  const { stack } = new Error("of the program");
  const promise: Parameters<Debuggable["debuggablePromise"]>[0] = Promise.resolve();
  void debuggablePromise(promise);
  return { error: stack, promise: promise._debugStackTrace };
}

describe("traces of promises", () => {
  afterEach(() => {
    delete process.env.PULUMI_DEBUG_PROMISE_LEAKS;
    Object.defineProperty(Error, "prepareStackTrace", given ?? { value: undefined });
  });

  it("are not formatted, those of errors are", () => {
    expect(traces()).toEqual({ error: "formatted of the program", promise: "" });
  });

  it("are formatted for whoever looks for leaks", () => {
    process.env.PULUMI_DEBUG_PROMISE_LEAKS = "true";
    expect(traces()).toEqual({ error: "formatted of the program", promise: "formatted " });
  });
});
