import "./mocked-bundle";
import { rules } from "../../policy/rules";
import { postureOf } from "../../tools/plan/posture";
import type { Registered } from "../../tools/program";
import { registered, registeredBy } from "./registered";

const instance = "aws:rds/instance:Instance";

let program: Registered[];
beforeAll(async () => {
  program = (await registeredBy("prod")).resources;
});

const ruleOf = (resources: Registered[], name: string) => {
  const found = postureOf(resources).rules.find((rule) => rule.name === name);
  if (!found) throw new Error(`there is no rule ${name}`);
  return found;
};

/** The program with other inputs of its database. */
const withDatabase = (inputs: object) =>
  program.map((each) => (each.type === instance ? { ...each, inputs: { ...each.inputs, ...inputs } } : each));

describe("the security posture", () => {
  it("judges the program by every rule, violates none and leaves none open", () => {
    const { results, rules: judged } = postureOf(program);
    expect(judged.map(({ name }) => name)).toEqual(rules.map(({ name }) => name));
    expect(results).toMatchObject({ fail: 0, unknown: 0 });
    expect(Object.values(results).reduce((sum, count) => sum + count, 0)).toBe(rules.length);
  });

  it("tells what is violated, where, and what to do", () => {
    const kept = ruleOf(program, "database-private");
    expect(kept).toMatchObject({ result: "pass", resources: 1, severity: "critical", findings: [] });
    const violated = ruleOf(withDatabase({ publiclyAccessible: true }), "database-private");
    expect(violated).toMatchObject({
      result: "fail",
      controls: kept.controls,
      remedy: kept.remedy,
      findings: [{ resource: "Instance postgres", result: "fail" }],
    });
    expect(violated.findings[0]?.violations).toEqual(["publiclyAccessible is true; it must be false"]);
  });

  it("tells why what is not kept is accepted", () => {
    const rule = ruleOf(program, "database-port");
    expect(rule).toMatchObject({
      result: "accepted",
      findings: [
        { resource: "Instance postgres", result: "accepted", violations: ["port is 5432; it must not be 5432"] },
      ],
    });
    expect(rule.exception).toMatch(/^Nobody can look for the port/);
  });

  it("leaves open what only AWS can say, and what is about nothing", () => {
    expect(
      ruleOf(withDatabase({ kmsKeyId: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" }), "database-encrypted"),
    ).toMatchObject({
      result: "unknown",
      findings: [{ resource: "Instance postgres", result: "unknown", violations: [] }],
    });
    expect(ruleOf([], "database-encrypted")).toMatchObject({ result: "unused", resources: 0, findings: [] });
  });

  it("counts the rules by the clauses that ask for them", () => {
    const clauseOf = (resources: Registered[]) =>
      postureOf(resources).clauses.find(({ clause }) => clause === "45 CFR 164.312(a)(2)(iv)");
    const [before, after] = [clauseOf(program), clauseOf(withDatabase({ storageEncrypted: false }))];
    expect(before).toMatchObject({ title: "Encryption and decryption", results: { fail: 0 } });
    expect(after?.results).toEqual({ ...before?.results, fail: 1, pass: (before?.results.pass ?? 0) - 1 });
  });

  it("says who may call each operation of the API", () => {
    const paths = {
      "/health": { get: {} },
      "/records": { get: { security: [{ users: ["read"] }] }, post: { security: [{ users: ["read", "write"] }] } },
    };
    const api = registered("aws:apigateway/restApi:RestApi", "api", { inputs: { body: JSON.stringify({ paths }) } });
    expect(postureOf([api]).operations).toEqual([
      { method: "GET", path: "/health", scopes: [] },
      { method: "GET", path: "/records", scopes: ["read"] },
      { method: "POST", path: "/records", scopes: ["read", "write"] },
    ]);
    expect(postureOf(program).operations.filter(({ scopes }) => scopes.length === 0)).toEqual([
      { method: "GET", path: "/health", scopes: [] },
    ]);
  });
});
