import { CognitoJwtVerifier } from "aws-jwt-verify";
import { JwtBaseError } from "aws-jwt-verify/error";
import { SimpleJwksCache } from "aws-jwt-verify/jwk";
import { UnavailableError } from "../unavailable-error";
import type { SignIn } from "./sessions";

/** What an access token says that counts here. */
export interface AccessToken {
  signIn: SignIn;
  scopes: string[];
}

/** The access token is missing or not valid. Says nothing of what it holds. */
export class TokenError extends Error {
  override readonly name = "TokenError";
}

/** @param claims those that API Gateway's authorizer passed on, where there is one */
export type ReadToken = (
  authorization: string | undefined,
  claims: Record<string, unknown> | undefined,
) => Promise<AccessToken>;

export interface UserPoolClient {
  userPoolId: string;
  clientId: string;
}

/** Seconds by which the clocks here and at the user pool may differ. */
export const clockTolerance = 30;

/** Tokens whose verification is remembered. */
const rememberedTokens = 1000;

/**
 * Verifies access tokens of a user pool by its published keys: signature, issuer, client, use and times
 * (Amazon Cognito developer guide, "Verifying JSON web tokens").
 *
 * @param fetchKeys gets the key set (RFC 7517) from its path at the user pool's service
 */
export function verifiedByKeys(
  { userPoolId, clientId }: UserPoolClient,
  fetchKeys: (path: string) => Promise<ArrayBuffer>,
): ReadToken {
  const fetcher = {
    fetch: (address: string) =>
      fetchKeys(new URL(address).pathname).catch((error: unknown) => {
        throw new UnavailableError("token keys", error);
      }),
  };
  const verifier = CognitoJwtVerifier.create(
    { userPoolId, clientId, tokenUse: "access", graceSeconds: clockTolerance, customJwtCheck: requireTimes },
    { jwksCache: new SimpleJwksCache({ fetcher }) },
  );
  const verified = new Map<string, { token: AccessToken; expiresAt: number }>();

  const verify = async (text: string) => {
    try {
      const claims = await verifier.verify(text);
      return { token: readClaims(claims), expiresAt: (claims.exp + clockTolerance) * 1000 };
    } catch (error) {
      if (error instanceof JwtBaseError) throw invalid;
      throw error;
    }
  };

  return async (authorization = "") => {
    const known = verified.get(authorization);
    if (known && Date.now() < known.expiresAt) return known.token;
    const found = await verify(bearer(authorization));
    if (verified.size >= rememberedTokens) verified.clear();
    verified.set(authorization, found);
    return found.token;
  };
}

/** Takes the claims that API Gateway's authorizer has verified: for networks from which the user pool's keys cannot be fetched. */
export function verifiedByGateway({ clientId }: UserPoolClient): ReadToken {
  return (_, claims) =>
    new Promise((resolve) => {
      if (claims?.token_use !== "access" || claims.client_id !== clientId) throw invalid;
      resolve(readClaims(claims));
    });
}

const invalid = new TokenError("The access token is not valid.");

/** RFC 6750, section 2.1. */
function bearer(authorization: string): string {
  const [, token] = /^Bearer ([\w.~+/-]+=*)$/i.exec(authorization) ?? [];
  if (token === undefined) throw new TokenError("An access token is needed, as Authorization: Bearer.");
  return token;
}

/** Every access token says when it was issued and when it ends. */
function requireTimes({ payload: { iat, exp } }: { payload: { iat?: number; exp?: number } }): void {
  if (exp === undefined || iat === undefined || iat > Date.now() / 1000 + clockTolerance) throw invalid;
}

/** API Gateway passes numbers on as text. Tokens of a sign-in, refreshed ones too, share `origin_jti` and `auth_time`. */
function readClaims(claims: object): AccessToken {
  const { sub, auth_time, origin_jti, jti, scope } = claims as Record<string, unknown>;
  const id = origin_jti ?? jti;
  const at = Number(auth_time) * 1000;
  if (typeof sub !== "string" || typeof id !== "string" || typeof scope !== "string" || !Number.isSafeInteger(at))
    throw new TokenError("The access token lacks a claim.");
  return { signIn: { id, userId: sub, at }, scopes: scope.split(" ") };
}
