const traces = Error as {
  stackTraceLimit: number;
  prepareStackTrace?: (error: Error, frames: NodeJS.CallSite[]) => string;
};

/**
 * Pulumi takes a stack trace for every promise and every resource, and jest maps each to its source: most of the time would go into that. Errors of the program have
 * none either.
 */
export async function withoutStackTraces<T>(run: () => Promise<T>): Promise<T> {
  const { prepareStackTrace, stackTraceLimit } = traces;
  // Pulumi lifts the limit for a resource's own.
  Object.assign(traces, { stackTraceLimit: 0, prepareStackTrace: String });
  try {
    return await run();
  } finally {
    Object.assign(traces, { stackTraceLimit, prepareStackTrace });
  }
}
