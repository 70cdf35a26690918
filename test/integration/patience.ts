// Requests to AWS are retried, with pauses. A project's own testTimeout is not heeded by jest.
jest.setTimeout(30_000);
