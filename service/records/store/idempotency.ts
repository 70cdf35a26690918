import { createHash } from "node:crypto";
import { DatabaseError, type PoolClient } from "pg";
import type { OperationId } from "../../contract";
import { ConflictError, IdempotencyMismatchError } from "./errors";

/** What makes two requests the same. */
export interface IdempotentRequest {
  userId: string;
  operation: OperationId;
  /** UUID of the `Idempotency-Key` header (draft-ietf-httpapi-idempotency-key-header). */
  key: string;
  /** Everything that decides on the outcome. */
  content: readonly unknown[];
}

/** Keys that are removed at once, so that no request pays for all of them. */
const purgedAtOnce = 20;

export const purgeKeys = `
  DELETE FROM records.idempotency_keys WHERE (user_id, operation, key) IN (
    SELECT user_id, operation, key FROM records.idempotency_keys
    WHERE created_at < now() - interval '24 hours' ORDER BY created_at LIMIT ${purgedAtOnce} FOR UPDATE SKIP LOCKED
  )`;

export const claimKey = `
  INSERT INTO records.idempotency_keys (user_id, operation, key, request_hash, created_at)
  VALUES ($1, $2, $3, $4, now())
  ON CONFLICT (user_id, operation, key) DO UPDATE SET request_hash = excluded.request_hash, response = NULL, created_at = now()
    WHERE idempotency_keys.created_at < now() - interval '24 hours'
  RETURNING true`;

export const selectResponse = `
  SELECT request_hash = $4 AS same, response FROM records.idempotency_keys
  WHERE user_id = $1 AND operation = $2 AND key = $3`;

export const keepResponse = `
  UPDATE records.idempotency_keys SET response = $4 WHERE user_id = $1 AND operation = $2 AND key = $3`;

const lockNotAvailable = "55P03";

/**
 * Creates once for each key, within the transaction of the client: the second of two at the same time waits for the
 * first, and repeats its response. Kept for 24 hours.
 *
 * @throws ConflictError where the first is still at work when the lock's time is over
 * @throws IdempotencyMismatchError where the key came with other content
 */
export async function createOnce<T>(
  client: PoolClient,
  { userId, operation, key, content }: IdempotentRequest,
  create: () => Promise<T>,
): Promise<{ value: T; replayed: boolean }> {
  const identity = [userId, operation, key];
  const hash = createHash("sha256").update(JSON.stringify(content)).digest();
  await client.query(purgeKeys);
  if (await claim(client, [...identity, hash])) {
    const value = await create();
    await client.query(keepResponse, [...identity, JSON.stringify(value)]);
    return { value, replayed: false };
  }
  const { rows } = await client.query<{ same: boolean; response: T }>(selectResponse, [...identity, hash]);
  const [found] = rows;
  if (!found?.same) throw new IdempotencyMismatchError("The Idempotency-Key was used for other content.");
  return { value: found.response, replayed: true };
}

async function claim(client: PoolClient, values: unknown[]): Promise<boolean> {
  try {
    return (await client.query(claimKey, values)).rowCount === 1;
  } catch (error) {
    if (error instanceof DatabaseError && error.code === lockNotAvailable)
      throw new ConflictError("A request with the same Idempotency-Key is still at work.");
    throw error;
  }
}
