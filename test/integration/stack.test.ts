import { canonical } from "./stack";

describe("policies are the same", () => {
  test.each([
    ["as they are", { Action: "s3:GetObject" }, { Action: "s3:GetObject" }],
    ["in any order of a list", { AWS: ["b", "a"] }, { AWS: ["a", "b"] }],
    ["with the one for a list of one", { Statement: [{ Action: ["a"] }] }, { Statement: { Action: "a" } }],
  ])("%s", (_, one, other) => {
    expect(canonical(one)).toEqual(canonical(other));
  });
});

describe("policies differ", () => {
  test.each([
    ["by a member of a list", { AWS: ["a", "b"] }, { AWS: ["a", "c"] }],
    ["by one more of it", { AWS: ["a", "a"] }, { AWS: "a" }],
    ["by none of it", { AWS: [] }, { AWS: "a" }],
    ["by the order of statements", [{ Sid: "a" }, { Sid: "b" }], [{ Sid: "b" }, { Sid: "a" }]],
    ["by an element", { Action: "a", Condition: {} }, { Action: "a" }],
  ])("%s", (_, one, other) => {
    expect(canonical(one)).not.toEqual(canonical(other));
  });
});
