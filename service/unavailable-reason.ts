import type { UnavailableReason } from "./contract-schemas";
import { describeError } from "./describe-error";
import { isRefusedByPostgres } from "./postgres";
import { isRefusedByRedis } from "./redis";
import { UnavailableError } from "./unavailable-error";

const timeouts = /^(TimeLimitError|TimeoutError|ETIMEDOUT)$/;

/** A certificate or a protocol that is not what it should be, a secret that cannot be used, no such database. */
const misconfigurations =
  /^(CERT_|DEPTH_ZERO_|ERR_SSL_|ERR_TLS_|SELF_SIGNED_|UNABLE_TO_|EPROTO$|3D000$|SecretFormatError$|AccessDeniedException$|DecryptionFailure$|ResourceNotFoundException$)/;

/** The driver gives this one neither a name nor a code. */
const withoutTls = "The server does not support SSL connections";

/** The little that may be told to everyone about why something is unavailable. */
export function unavailableReason(error: unknown): UnavailableReason {
  if (error instanceof UnavailableError) return unavailableReason(error.cause);
  const { name, code } = describeError(error);
  const matches = (pattern: RegExp) => pattern.test(name) || (code !== undefined && pattern.test(code));
  if (matches(timeouts)) return "timeout";
  if (isRefusedByPostgres(error) || isRefusedByRedis(error)) return "unauthorized";
  if (matches(misconfigurations) || (error instanceof Error && error.message === withoutTls)) return "misconfigured";
  return "unreachable";
}
