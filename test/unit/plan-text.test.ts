import "./mocked-bundle";
import { difference } from "../../tools/plan/difference";
import { type Plan, planOf, sections } from "../../tools/plan/plan";
import { planText } from "../../tools/plan/text";
import { amount, clock, duration, usd } from "../../tools/plan/text/amounts";
import { columns, wrapped } from "../../tools/plan/text/columns";
import { differenceText } from "../../tools/plan/text/difference";
import { findingsText, postureText, resultsText } from "../../tools/plan/text/posture";
import type { JudgedRule } from "../../tools/plan/posture";
import { registeredBy } from "./registered";

describe("amounts", () => {
  it.each([
    [0, "0 s", "0:00"],
    [59, "59 s", "0:59"],
    [60, "1 min", "1:00"],
    [843, "14 min 3 s", "14:03"],
  ])("say %i seconds", (seconds, asDuration, asClock) => {
    expect([duration(seconds), clock(seconds)]).toEqual([asDuration, asClock]);
  });

  it("say money to the cent, and quantities to three digits", () => {
    expect([usd(0.004), usd(12), usd(898.494)]).toEqual(["0.00", "12.00", "898.49"]);
    expect([amount(2190), amount(0.0438), amount(3)]).toEqual(["2,190", "0.044", "3"]);
  });
});

describe("columns", () => {
  it("are as wide as their widest cell, but for the last, which is broken at spaces", () => {
    const long = "word ".repeat(25).trim();
    expect(
      columns(
        [
          ["a", "b"],
          ["long", long],
        ],
        { right: [0] },
      ),
    ).toEqual(["     a  b", `  long  ${"word ".repeat(18).trim()}`, `        ${"word ".repeat(7).trim()}`]);
  });

  it("break no word", () => {
    expect(wrapped("a verylongword b", 5)).toEqual(["a", "verylongword", "b"]);
    expect(wrapped("", 5)).toEqual([""]);
  });
});

describe("the text of a difference", () => {
  it("has a line for each resource, with what changes in it", () => {
    expect(
      differenceText({
        from: "stack dev",
        added: [{ component: "Vpc", type: "aws:ec2/eip:Eip", name: "nat-2" }],
        removed: [{ component: "Vpc", type: "aws:ec2/eip:Eip", name: "nat-3" }],
        changed: [
          {
            component: "Redis",
            type: "aws:cloudwatch/logGroup:LogGroup",
            name: "slow",
            changes: [
              { path: "retentionInDays", before: 30 },
              { path: "subnets", before: ["a"], after: ["b", "c"] },
            ],
          },
        ],
        unchanged: 7,
      }),
    ).toEqual([
      "  Compared with stack dev: 1 added, 1 removed, 1 changed, 7 unchanged.",
      "  + Vpc / aws:ec2:Eip nat-2",
      "  - Vpc / aws:ec2:Eip nat-3",
      "  ~ Redis / aws:cloudwatch:LogGroup slow",
      "      retentionInDays: 30 -> nothing",
      '      subnets: - "a", + "b", + "c"',
    ]);
  });
});

describe("the text of a posture", () => {
  const results = { fail: 1, unknown: 0, accepted: 2, pass: 3, unused: 0 };
  const rule: JudgedRule = {
    name: "database-private",
    description: "The database is private.",
    controls: ["45 CFR 164.312(a)(1)"],
    severity: "critical",
    remedy: "Shut it.",
    exception: "Because.",
    result: "fail",
    resources: 2,
    findings: [
      { resource: "Instance a", result: "fail", violations: ["is open", "is public"] },
      { resource: "Instance b", result: "accepted", violations: ["is odd"] },
    ],
  };

  it("counts what there is of each result", () => {
    expect(resultsText(results)).toBe("1 violated, 3 kept, 2 knowingly not kept");
  });

  it("tells what is violated with the remedy, what is accepted with the reason", () => {
    expect(findingsText(rule)).toBe("Instance a: is open; is public. Shut it.");
    expect(findingsText({ ...rule, result: "accepted" })).toBe("Instance b: is odd. Because.");
    expect(
      findingsText({
        ...rule,
        result: "unknown",
        findings: [{ resource: "Instance a", result: "unknown", violations: [] }],
      }),
    ).toBe("Instance a");
  });

  it("lists what is violated first", () => {
    expect(
      postureText({
        results,
        rules: [{ ...rule, name: "other", result: "accepted" }, rule],
        clauses: [{ clause: "45 CFR 164.312(a)(1)", title: "Access control", results }],
        operations: [{ method: "GET", path: "/health", scopes: [] }],
      }),
    ).toEqual([
      "  The 2 rules of policy/: 1 violated, 3 kept, 2 knowingly not kept.",
      "",
      "  These are violated:",
      "    critical  database-private  Instance a: is open; is public. Shut it.",
      "",
      "  These are knowingly not kept:",
      "    critical  other  Instance b: is odd. Because.",
      "",
      "  What of HIPAA's Security Rule they serve:",
      "    45 CFR 164.312(a)(1)  Access control  1 violated, 3 kept, 2 knowingly not kept",
      "",
      "  Who may call the API's operations:",
      "    anybody  GET  /health",
    ]);
  });
});

describe("the text of a plan", () => {
  let plan: Plan;
  beforeAll(async () => {
    const [dev, prod] = [await registeredBy("dev"), await registeredBy("prod", { environmentSuffix: "dev" })];
    plan = planOf(prod, { from: "stack dev", ...difference(dev.resources, prod.resources) });
  });

  it("begins with the totals", () => {
    expect(planText(plan, []).split("\n")).toEqual([
      'Stack "prod": 234 resources in 17 components',
      "  created in        14 min 3 s, the longest being Instance postgres with 12 min 34 s",
      "  costs             901.10 USD a month at rest, and 9.97 USD per million requests",
      "  internet reaches  RestApi records, sign-in pages of UserPool users",
      `  rules             ${resultsText(plan.posture.results)}`,
    ]);
  });

  it("has the sections that are asked for, in their order, and none without content", () => {
    const titles = (text: string) => text.split("\n\n").filter((part) => /^[A-Z][^\n]*$/.test(part));
    expect(titles(planText(plan, [...sections]))).toEqual([
      "Difference",
      "Critical path of a first deployment",
      "Cost",
      "Who reaches whom",
      "Security posture",
      "Resources",
    ]);
    expect(titles(planText({ ...plan, difference: undefined }, ["difference", "cost"]))).toEqual(["Cost"]);
  });

  it("fits a terminal, but for words that are longer", () => {
    const long = planText(plan, [...sections])
      .split("\n")
      .filter((line) => line.length > 100 && line.trim().split(" ").length > 8);
    expect(long).toEqual([]);
  });

  it("says what is not in the cost, and what no time is known of", () => {
    const [cost, criticalPath] = [
      { ...plan.cost, withoutPrice: ["no price known for a"] },
      { ...plan.criticalPath, unknown: ["aws:s3/bucket:Bucket"] },
    ];
    const text = planText({ ...plan, cost, criticalPath }, ["cost", "critical-path"]);
    expect(text).toContain("\n    NOT IN IT: no price known for a\n");
    expect(text).toContain("\n  No time is noted for aws:s3/bucket:Bucket.");
  });
});
