import { type Dependency, UnavailableError } from "./unavailable-error";

/** What may be logged of an error. */
export interface ErrorDescription {
  /** What is away, where that is why. */
  dependency?: Dependency;
  name: string;
  code?: string;
}

/** Nothing else of it: messages and other properties can quote credentials, parameters and patients' data. */
export function describeError(error: unknown): ErrorDescription {
  if (error instanceof UnavailableError) return { dependency: error.dependency, ...describeError(error.cause) };
  if (!(error instanceof Error)) return { name: typeof error };
  const { name } = error;
  return "code" in error && typeof error.code === "string" ? { name, code: error.code } : { name };
}

/** Its kind as a text: "name, code". */
export function errorText(error: unknown): string {
  const { name, code } = describeError(error);
  return code === undefined ? name : `${name}, ${code}`;
}
