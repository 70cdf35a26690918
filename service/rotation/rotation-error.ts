/** Why a rotation cannot go on, in words that hold no secret. */
export class RotationError extends Error {
  override readonly name = "RotationError";
}
