/**
 * Pulumi takes a stack trace for every promise and every resource, and jest maps each to its source: most of the time would go into that. Errors of the program have
 * none either.
 */
export async function withoutStackTraces<T>(run: () => Promise<T>): Promise<T> {
  const { prepareStackTrace, stackTraceLimit } = Error;
  // Pulumi lifts the limit for a resource's own.
  Error.stackTraceLimit = 0;
  Error.prepareStackTrace = String;
  try {
    return await run();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    Error.prepareStackTrace = prepareStackTrace;
  }
}
