import { randomUUID } from "node:crypto";
import {
  clockTolerance,
  type ReadToken,
  TokenError,
  verifiedByGateway,
  verifiedByKeys,
} from "../../service/records/access-tokens";
import { UnavailableError } from "../../service/unavailable-error";
import { type Claims, TokenIssuer } from "../../tools/token-issuer";

const issuer = new TokenIssuer();
const stranger = new TokenIssuer();
const seconds = () => Math.floor(Date.now() / 1000);
const fromNow = (difference: number) => seconds() + difference;

const issue = (claims: Claims = {}) => issuer.issue("user-1", ["records/read", "audit/read"], claims);

describe("verifiedByKeys", () => {
  let read: ReadToken;
  let fetched: string[];
  beforeEach(() => {
    fetched = [];
    read = verifiedByKeys(issuer, (path) => {
      fetched.push(path);
      return issuer.fetchKeys();
    });
  });
  const readBearer = (token: string) => read(`Bearer ${token}`, undefined);

  it("reads who signed in, when, and what the token allows", async () => {
    const at = fromNow(-60);
    const token = issue({ origin_jti: "sign-in-1", auth_time: at });
    expect(await readBearer(token)).toEqual({
      signIn: { id: "sign-in-1", userId: "user-1", at: at * 1000 },
      scopes: ["records/read", "audit/read"],
    });
    expect(fetched).toEqual(["/eu-west-1_local/.well-known/jwks.json"]);
  });

  it("fetches the keys once", async () => {
    await readBearer(issue());
    await readBearer(issue());
    expect(fetched).toHaveLength(1);
  });

  it("takes the token's own id where it names no sign-in", async () => {
    expect(await readBearer(issue({ origin_jti: undefined, jti: "token-1" }))).toMatchObject({
      signIn: { id: "token-1" },
    });
  });

  const [header, payload, signature] = issue().split(".") as [string, string, string];
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const raised = encoded({
    ...(JSON.parse(Buffer.from(payload, "base64url").toString()) as object),
    scope: "records/write",
  });
  it.each<[string, string]>([
    ["of another key with the same issuer", stranger.issue("user-1", ["records/read"])],
    ["whose content was changed", [header, raised, signature].join(".")],
    ["whose signature was taken off", [header, payload, ""].join(".")],
    ["that says that it is not signed", [encoded({ alg: "none" }), payload, ""].join(".")],
    ["that says that it is signed by a secret", [encoded({ alg: "HS256" }), payload, signature].join(".")],
    ["of another user pool", issue({ iss: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_other" })],
    ["of another client", issue({ client_id: "other" })],
    ["for identification", issue({ token_use: "id" })],
    ["without a subject", issue({ sub: undefined })],
    ["without a time of sign-in", issue({ auth_time: undefined })],
    ["without scopes", issue({ scope: undefined })],
    ["without a time of issue", issue({ iat: undefined })],
    ["without an end", issue({ exp: undefined })],
    ["that has expired", issue({ exp: fromNow(-clockTolerance - 5) })],
    ["that was issued in the future", issue({ iat: fromNow(clockTolerance + 60) })],
    ["that is not good yet", issue({ nbf: fromNow(clockTolerance + 60) })],
    ["that is no token", "abc"],
  ])("refuses one %s", async (_, token) => {
    await expect(readBearer(token)).rejects.toThrow(TokenError);
  });

  // Issued in the test: a token that is good for seconds would expire while others run.
  it.each([
    ["expired", "exp", -clockTolerance + 10],
    ["was issued", "iat", clockTolerance - 10],
  ])("tolerates clocks that differ, where one %s within the tolerance", async (_, claim, difference) => {
    expect(await readBearer(issue({ [claim]: fromNow(difference) }))).toMatchObject({ signIn: { userId: "user-1" } });
  });

  it("refuses a token that it knows, once that has expired", async () => {
    const token = issue({ exp: fromNow(60) });
    await readBearer(token);
    jest.useFakeTimers({ now: Date.now() + (60 + clockTolerance + 1) * 1000 });
    try {
      await expect(readBearer(token)).rejects.toThrow(TokenError);
    } finally {
      jest.useRealTimers();
    }
  });

  it.each([[undefined], [""], ["Bearer"], ["Basic dXNlcjpwYXNz"], [`Bearer ${issue()} more`]])(
    "needs a bearer token, which %p is not",
    async (authorization) => {
      await expect(read(authorization, undefined)).rejects.toThrow(TokenError);
    },
  );

  it("says that the keys are unavailable, not that the token is wrong", async () => {
    read = verifiedByKeys(issuer, () => Promise.reject(new Error("no route")));
    await expect(readBearer(issue())).rejects.toThrow(UnavailableError);
  });
});

describe("verifiedByGateway", () => {
  const read = verifiedByGateway(issuer);
  const claims = {
    sub: "user-1",
    client_id: issuer.clientId,
    token_use: "access",
    scope: "records/read",
    auth_time: "1700000000",
    origin_jti: randomUUID(),
    exp: "Tue Nov 14 23:13:20 UTC 2023",
  };

  it("takes the claims that the authorizer passed on", async () => {
    expect(await read(undefined, claims)).toEqual({
      signIn: { id: claims.origin_jti, userId: "user-1", at: 1_700_000_000_000 },
      scopes: ["records/read"],
    });
  });

  it.each([
    ["none", undefined],
    ["those of an ID token", { ...claims, token_use: "id" }],
    ["those of another client", { ...claims, client_id: "other" }],
    ["those without a subject", { ...claims, sub: undefined }],
  ])("refuses %s", async (_, given) => {
    await expect(read(`Bearer ${issue()}`, given).then()).rejects.toThrow(TokenError);
  });
});
