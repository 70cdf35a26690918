import { UnavailableError } from "./unavailable-error";

/** What may be logged of an error: messages and other properties can quote credentials, parameters and patients' data. */
export function describeError(error: unknown): { name: string; code?: string } {
  if (error instanceof UnavailableError) return describeError(error.cause);
  if (!(error instanceof Error)) return { name: typeof error };
  const { name } = error;
  return "code" in error && typeof error.code === "string" ? { name, code: error.code } : { name };
}

/** The same as a text: "name, code". */
export const errorText = (error: unknown): string => Object.values(describeError(error)).join(", ");
