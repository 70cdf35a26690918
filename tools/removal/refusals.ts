const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "");

/** What was to be removed, or asked about, does not exist any more. */
export function isGone(error: unknown): boolean {
  return /NotFound|NoSuch(Entity|Bucket)|Nonexistent|NotActive/.test(nameOf(error));
}

/** What comes before the removal itself, and is about something else: where that is gone, there is nothing to do, and what is to be removed may still be there. */
export async function unlessGone(request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** Something that is on its way out still holds it: worth waiting for. Each service has a name of its own for that. */
export function isInUse(error: unknown): boolean {
  return /DependencyViolation|InUse|Conflict|Contains|AssociatedItem|Invalid\w*State/.test(nameOf(error));
}

/** No waiting will help: the caller may not do it, or is not known any more. */
export function isForbidden(error: unknown): boolean {
  return /AccessDenied|Unauthorized|NotAuthorized|AuthFailure|ExpiredToken|RequestExpired|InvalidClientTokenId|UnrecognizedClient|CredentialsProvider/.test(
    nameOf(error),
  );
}

/** Still in use, as far as AWS's answer to a question tells. */
export class InUseError extends Error {
  override readonly name = "InUse";
}
