/** What is wrong with a request, as far as only the store can tell. Messages never hold data of a patient. */
export abstract class StoreError extends Error {
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

/** There is no such patient, record or version. */
export class NotFoundError extends StoreError {}

/** The request contradicts what is stored, or repeats one that is still at work. */
export class ConflictError extends StoreError {}

/** What was to be changed is no longer the version that the change is based on. */
export class VersionMismatchError extends StoreError {}

/** The idempotency key came with other content before. */
export class IdempotencyMismatchError extends StoreError {}

/** The cursor is not one that an earlier page of the same list gave. */
export class CursorError extends StoreError {}
