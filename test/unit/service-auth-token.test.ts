import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { excludedCharacters, isAuthToken } from "../../service/redis-rotation/auth-token";
import { TokenRotation } from "../../service/redis-rotation/token-rotation";
import { punctuation } from "../service/support/aws-stand-in";

describe("an AUTH token", () => {
  it("is generated with ElastiCache's special characters only", () => {
    const generated = Array.from(punctuation).filter((character) => !excludedCharacters.includes(character));
    expect(generated.join("")).toBe("!#$&-<>^");
  });

  it.each(["a".repeat(16), "Z9".repeat(64), "abcdefgh!&#$^<>-"])("may be %s", (token) => {
    expect(isAuthToken(token)).toBe(true);
  });

  it.each([
    "a".repeat(15),
    "a".repeat(129),
    "abcdefghijklmno ",
    "abcdefghijklmno@",
    "abcdefghijklmnoä",
    `${"a".repeat(16)}\n`,
  ])("may not be %j", (token) => {
    expect(isAuthToken(token)).toBe(false);
  });

  it.each([undefined, "abcdefghijklmno@"])(
    "is not taken from Secrets Manager where it is %s",
    async (RandomPassword) => {
      const secrets = { send: () => Promise.resolve({ RandomPassword }) } as unknown as SecretsManagerClient;
      await expect(new TokenRotation(secrets, undefined as never).generate()).rejects.toThrow(
        "the generated token is not one that ElastiCache takes",
      );
    },
  );
});
