import type { SecretFormat } from "../rotation/secret-versions";

/** Characters of a generated token; ElastiCache takes 16 to 128 (ElastiCache user guide, "Authenticating with AUTH"). */
export const tokenLength = 64;

/** Punctuation that Secrets Manager may generate and ElastiCache refuses: all but `!&#$^<>-`. */
export const excludedCharacters = "\"%'()*+,./:;=?@[\\]_`{|}~";

/** Whether ElastiCache takes this as an AUTH token. */
export const isAuthToken = (value: string): boolean => /^[A-Za-z0-9!&#$^<>-]{16,128}$/.test(value);

/** The secret's whole string is the token. */
export const tokenFormat: SecretFormat<string> = {
  name: "a token that ElastiCache takes",
  parse: (text) => (isAuthToken(text) ? text : null),
  write: (token) => token,
};
