import { generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";

export type Claims = Record<string, unknown>;

/** Issues access tokens as a Cognito user pool does, with a key of its own that lives as long as the process. */
export class TokenIssuer {
  private readonly privateKey: KeyObject;
  /** JSON Web Key Set (RFC 7517). */
  readonly keySet: { keys: object[] };
  private readonly keyId = randomUUID();

  constructor(
    readonly userPoolId = "eu-west-1_local",
    readonly clientId = "local",
  ) {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    this.privateKey = privateKey;
    this.keySet = { keys: [{ ...publicKey.export({ format: "jwk" }), kid: this.keyId, alg: "RS256", use: "sig" }] };
  }

  /** Gets the key set, as the service fetches a user pool's. */
  fetchKeys = (): Promise<ArrayBuffer> => {
    const { buffer } = new TextEncoder().encode(JSON.stringify(this.keySet));
    return Promise.resolve(buffer);
  };

  /** An access token of a new sign-in that is good for an hour, unless claims say otherwise. */
  issue(userId: string, scopes: string[], claims: Claims = {}): string {
    const now = Math.floor(Date.now() / 1000);
    return this.signed({
      sub: userId,
      iss: `https://cognito-idp.eu-west-1.amazonaws.com/${this.userPoolId}`,
      client_id: this.clientId,
      origin_jti: randomUUID(),
      token_use: "access",
      scope: scopes.join(" "),
      auth_time: now,
      iat: now,
      exp: now + 3600,
      jti: randomUUID(),
      username: userId,
      ...claims,
    });
  }

  /** RFC 7515, RS256. */
  private signed(claims: Claims): string {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const content = `${part({ kid: this.keyId, alg: "RS256" })}.${part(claims)}`;
    return `${content}.${sign("RSA-SHA256", Buffer.from(content), this.privateKey).toString("base64url")}`;
  }
}
