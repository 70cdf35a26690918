/** Something took longer than it may. */
export class TimeLimitError extends Error {
  override readonly name = "TimeLimitError";

  constructor(milliseconds: number) {
    super(`took longer than ${milliseconds} ms`);
  }
}

/** Waits for the work no longer than the limit in milliseconds. The work itself goes on; its outcome is ignored. */
export function withTimeLimit<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  return new Promise((done, fail) => {
    const timer = setTimeout(() => {
      fail(new TimeLimitError(milliseconds));
    }, milliseconds);
    work.then(done, fail).finally(() => {
      clearTimeout(timer);
    });
  });
}
