import { excludedCharacters, isAuthToken } from "../../service/redis-rotation/auth-token";

/** What GetRandomPassword may use (Secrets Manager API reference). */
const punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

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
});
