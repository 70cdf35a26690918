import "./mocked-bundle";
import { awsControls, clauses, isClause } from "../../policy/controls";
import type { PolicyResource, Rule } from "../../policy/rule";
import { concerns, judge, rules, violations } from "../../policy/rules";
import { hidden } from "../../policy/values";
import {
  type Change,
  customAuthentication,
  excepted,
  refreshed,
  threatProtection,
  violatingChanges,
  withMember,
} from "./policy-cases";
import { isolated, recordProgram } from "./program";
import type { Recorded } from "./recorder";

/** The program with every kind of resource that it can have. */
let program: Recorded[];
beforeAll(async () => {
  program = await recordProgram({ interfaceEndpoints: isolated.interfaceEndpoints ?? "", auditTrail: "true" });
});

function ruleOf(name: string): Rule {
  const rule = rules.find((candidate) => candidate.name === name);
  if (!rule) throw new Error(`there is no rule ${name}`);
  return rule;
}

/** Of resources that the program must not have. */
const ofNothing = ["iam-no-users"];

describe("the rules", () => {
  it("have names of their own, in kebab-case", () => {
    expect(rules.map(({ name }) => name).filter((name) => !/^[a-z]+(-[a-z]+)*$/.test(name))).toEqual([]);
    expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
  });

  it("have a violating case each, or are knowingly not kept", () => {
    expect([...Object.keys(violatingChanges), ...Object.keys(excepted)].sort()).toEqual(
      rules.map(({ name }) => name).sort(),
    );
    expect(Object.entries(violatingChanges).filter(([, changes]) => changes.length === 0)).toEqual([]);
  });

  it("have a case each that keeps them: the program, which has resources that they are about", () => {
    expect(violations(program)).toEqual([]);
    expect(rules.filter((rule) => judge(rule, program).length === 0).map(({ name }) => name)).toEqual(ofNothing);
  });

  it("are kept by what a refresh adds to the state, too", () => {
    expect(violations(refreshed(program))).toEqual([]);
  });

  it("are about no more than they test", () => {
    const judged = (name: string) => judge(ruleOf(name), program).map(({ resource }) => resource.name);
    expect(judged("audit-log-kept")).toEqual(["audit"]);
    for (const name of ["api-function-limited", "api-function-audits", "api-function-ends-sessions"]) {
      expect(judged(name)).toEqual(["records-service"]);
    }
    expect(judged("endpoint-private")).not.toContain("s3");
    expect(judged("role-no-confused-deputy")).toEqual(["execution", "task", "monitoring", "flow-logs"]);
    expect(new Set(judged("type-known")).size).toBeGreaterThan(50);
  });

  it.each<[string, Change, Record<string, string[]>]>([
    [
      "refuses",
      (resources) => resources,
      { "users-threat-protection": ["pass"], "users-threat-responses": ["pass"], "threats-refused": ["pass"] },
    ],
    [
      "only watches",
      threatProtection("PLUS", "AUDIT"),
      { "users-threat-protection": ["accepted"], "users-threat-responses": ["pass"], "threats-refused": [] },
    ],
    [
      "is not in the plan",
      threatProtection("ESSENTIALS", "OFF"),
      { "users-threat-protection": ["accepted"], "users-threat-responses": [], "threats-refused": [] },
    ],
    [
      "is in the plan, and off",
      threatProtection("PLUS", "OFF"),
      { "users-threat-protection": ["fail"], "users-threat-responses": [], "threats-refused": [] },
    ],
  ])("say of threat protection that %s what is true", (_, change, expected) => {
    for (const [name, results] of Object.entries(expected)) {
      expect([name, judge(ruleOf(name), change(program)).map(({ result }) => result)]).toEqual([name, results]);
    }
  });

  it("accept custom authentication without threat protection only where no client has it", () => {
    const [judgement] = judge(ruleOf("users-custom-authentication"), customAuthentication(program));
    expect(judgement?.result).toBe("fail");
  });
});

describe("the controls of the rules", () => {
  const controls = rules.flatMap((rule) => rule.controls);

  it("are written as HIPAA's clauses and AWS's control ids are", () => {
    const form = /^(45 CFR 164\.\d{3}(\([a-zA-Z0-9]+\))+|(FSBP|Security Hub) [A-Z][A-Za-z0-9]+\.\d+)$/;
    expect(controls.filter((control) => !form.test(control))).toEqual([]);
  });

  it("are all those that are explained, and no others", () => {
    expect([...new Set(controls)].sort()).toEqual([...Object.keys(clauses), ...Object.keys(awsControls)].sort());
  });

  it("are at least one clause for each rule, and none twice", () => {
    expect(rules.filter((rule) => !rule.controls.some(isClause)).map(({ name }) => name)).toEqual([]);
    expect(rules.filter((rule) => new Set(rule.controls).size < rule.controls.length)).toEqual([]);
  });

  it("include every technical safeguard (45 CFR 164.312) but these, which no setting of a resource shows", () => {
    const standard = [
      "(a)(1)",
      "(a)(2)(i)",
      "(a)(2)(iii)",
      "(a)(2)(iv)",
      "(b)",
      "(c)(1)",
      "(d)",
      "(e)(1)",
      "(e)(2)(i)",
      "(e)(2)(ii)",
    ];
    const technical = Object.keys(clauses).filter((clause) => clause.startsWith("45 CFR 164.312"));
    expect(technical).toEqual(standard.map((clause) => `45 CFR 164.312${clause}`));
  });
});

describe("what is hidden", () => {
  it("violates no rule, wherever it is", () => {
    const found = program.flatMap((resource) =>
      pathsOf(resource.inputs).flatMap((path) => {
        const changed = { ...resource, inputs: withMember(resource.inputs, path, hidden) };
        return rules
          .filter((rule) => rule.scope === "resource" && concerns(rule, resource.type))
          .flatMap((rule) => judge(rule, [changed]))
          .filter(({ result }) => result === "fail")
          .map(({ rule, violations: [violation] }) => `${rule.name} ${resource.name} ${path.join(".")}: ${violation}`);
      }),
    );
    expect(found).toEqual([]);
  });

  it("violates no rule of the stack either", () => {
    const hide = ({ inputs, ...resource }: Recorded) => ({
      ...resource,
      inputs: Object.fromEntries(Object.keys(inputs).map((input) => [input, hidden])),
    });
    const found = violations(program.map(hide));
    expect(found.map(({ rule, resource, message }) => `${rule.name} ${resource.name}: ${message}`)).toEqual([]);
  });

  it("leaves to be judged what else there is", () => {
    const hide = (type: string, input: string, more: object) =>
      program.map((resource) =>
        resource.type === type ? { ...resource, inputs: { ...resource.inputs, [input]: hidden, ...more } } : resource,
      );
    const results = (name: string, resources: PolicyResource[]) =>
      judge(ruleOf(name), resources).map(({ result }) => result);
    const instance = "aws:rds/instance:Instance";
    expect(results("database-encrypted", hide(instance, "kmsKeyId", {}))).toEqual(["unknown"]);
    expect(results("database-encrypted", hide(instance, "kmsKeyId", { storageEncrypted: false }))).toEqual(["fail"]);
    expect(results("database-private", hide(instance, "dbSubnetGroupName", {}))).toEqual(["pass"]);
  });

  it("leaves it open what a rule is about", () => {
    const withHiddenName = program
      .filter(({ type, name }) => type === "aws:cloudwatch/logGroup:LogGroup" && name === "audit")
      .map((resource) => ({ ...resource, inputs: { ...resource.inputs, name: hidden } }));
    expect(judge(ruleOf("audit-log-kept"), withHiddenName).map(({ result }) => result)).toEqual(["unknown"]);
  });
});

/** Paths of everything in a value, the longest last. */
function pathsOf(value: unknown): string[][] {
  if (typeof value !== "object" || value === null) return [];
  const members = Object.entries(value);
  return [
    ...members.map(([key]) => [key]),
    ...members.flatMap(([key, inner]) => pathsOf(inner).map((path) => [key, ...path])),
  ];
}

describe.each(Object.entries(violatingChanges))("%s", (name, changes) => {
  it.each(changes.map((change, index) => [index + 1, change] as const))(
    "is all that change %i violates",
    (_, change) => {
      const found = violations(change(program));
      expect([...new Set(found.map(({ rule }) => rule.name))]).toEqual([name]);
    },
  );
});

describe.each(Object.entries(excepted))("%s", (name, change) => {
  const rule = ruleOf(name);
  const resultsOf = (resources: PolicyResource[]) => new Set(judge(rule, resources).map(({ result }) => result));

  it("is not kept, for a reason that is given", () => {
    expect(resultsOf(program)).toEqual(new Set(["accepted"]));
    expect(rule.exception?.reason).toMatch(/\.$/);
  });

  it("would be kept with other settings", () => {
    expect(resultsOf(change(program))).toEqual(new Set(["pass"]));
  });
});
