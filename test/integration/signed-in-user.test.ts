import { givenUser } from "./signed-in-user";

const now = new Date("2026-02-28T12:00:00Z");

/** With what of an access token matters here; lives 15 minutes. */
const token = `e30.${Buffer.from(JSON.stringify({ sub: "one", exp: now.getTime() / 1000 + 900 })).toString("base64url")}.`;

beforeEach(() => {
  jest.useFakeTimers({ now });
});

afterEach(() => {
  jest.useRealTimers();
});

test("is the one of the token", () => {
  expect(givenUser(token)).toMatchObject({ id: "one", accessToken: token });
});

test("has no token any more once it has expired, and says how to get another", () => {
  const user = givenUser(token);
  jest.setSystemTime(now.getTime() + 899_000);
  expect(user.accessToken).toBe(token);
  jest.setSystemTime(now.getTime() + 900_000);
  expect(() => user.accessToken).toThrow(
    /^ACCESS_TOKEN has expired at 2026-02-28T12:15:00\.000Z: get a fresh one .* --testPathPatterns integration\/records$/,
  );
});
