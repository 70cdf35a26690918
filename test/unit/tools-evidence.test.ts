import "./mocked-bundle";
import { clauses } from "../../policy/controls";
import type { PolicyResource } from "../../policy/rule";
import { rules } from "../../policy/rules";
import { hidden } from "../../policy/values";
import { UserError } from "../../tools/cli";
import { renderEvidence, summarize } from "../../tools/evidence/markdown";
import { type Evidence, evidenceOf, shortcomingsOf, violatedRules } from "../../tools/evidence/report";
import { deployedStack, readState } from "../../tools/evidence/state";
import { recordProgram } from "./program";

const made = new Date("2026-01-02T03:04:05Z");
const preview = { kind: "preview", name: "dev" } as const;

const instance = (name: string, inputs: PolicyResource["inputs"]): PolicyResource => ({
  urn: `urn:pulumi:dev::tap::aws:rds/instance:Instance::${name}`,
  type: "aws:rds/instance:Instance",
  name,
  inputs,
  references: {},
});
const encrypted = instance("encrypted", { storageEncrypted: true, kmsKeyId: "arn:aws:kms:eu-west-1:1:key/1" });
const open = instance("open", { storageEncrypted: false, kmsKeyId: "arn:aws:kms:eu-west-1:1:key/1" });

function controlOf({ clauses: all }: Evidence, clause: string, name: string) {
  return all.find((one) => one.clause === clause)?.controls.find((control) => control.name === name);
}

describe("evidence", () => {
  it("shows for each clause the rules that serve it, with their controls, resources and results", () => {
    const evidence = evidenceOf([encrypted, open], preview, made);
    expect(evidence.clauses.map(({ clause, title }) => [clause, title])).toEqual(Object.entries(clauses));
    for (const { clause, controls } of evidence.clauses) {
      const serving = rules.filter((rule) => rule.controls.includes(clause)).map(({ name }) => name);
      expect(controls.map(({ name }) => name)).toEqual(serving);
    }
    expect(controlOf(evidence, "45 CFR 164.312(a)(2)(iv)", "database-encrypted")).toEqual({
      name: "database-encrypted",
      description: expect.stringMatching(/\.$/) as string,
      severity: "critical",
      enforcement: "mandatory",
      remedy: expect.stringContaining("storageEncrypted") as string,
      awsControls: [{ id: "FSBP RDS.3", subject: "Encryption of instances at rest" }],
      resources: [
        { urn: encrypted.urn, type: encrypted.type, name: "encrypted", result: "pass", violations: [] },
        {
          urn: open.urn,
          type: open.type,
          name: "open",
          result: "fail",
          violations: ["storageEncrypted is false; it must be true"],
        },
      ],
    });
  });

  it("counts each judgement once in total, and in each clause that its rule serves", () => {
    const { clauses: all, results } = evidenceOf([encrypted, open], preview, made);
    const judgements = all.flatMap(({ controls }) =>
      controls.flatMap(({ name, resources }) => resources.map(({ urn, result }) => `${name} ${urn} ${result}`)),
    );
    const distinct = [...new Set(judgements)];
    for (const result of ["pass", "fail", "accepted", "unknown"] as const) {
      expect(results[result]).toBe(distinct.filter((one) => one.endsWith(` ${result}`)).length);
    }
    for (const { controls, results: ofClause } of all) {
      const count = controls.reduce((sum, { resources }) => sum + resources.length, 0);
      expect(Object.values(ofClause).reduce((sum, one) => sum + one)).toBe(count);
    }
  });

  it("names the mandatory rules that are violated, and no advisory ones", () => {
    const violated = violatedRules(evidenceOf([encrypted, open], preview, made));
    expect(violated).toContain("database-encrypted");
    const advisory = rules.filter(({ enforcement }) => enforcement === "advisory").map(({ name }) => name);
    expect(violated.filter((name) => advisory.includes(name))).toEqual([]);
  });

  it("finds nothing violated and nothing unknown in the program, and gives the reason for each exception", async () => {
    const evidence = evidenceOf(await recordProgram({ auditTrail: "true" }), preview, made);
    expect(violatedRules(evidence)).toEqual([]);
    expect(evidence.results).toMatchObject({ fail: 0, unknown: 0 });
    const accepted = evidence.clauses
      .flatMap(({ controls }) => controls)
      .filter(({ resources }) => resources.some(({ result }) => result === "accepted"));
    expect(accepted.filter(({ exception }) => !exception)).toEqual([]);
    expect(new Set(accepted.map(({ name }) => name))).toEqual(
      new Set([
        "bucket-access-logged",
        "database-deletion-protection",
        "database-events",
        "database-port",
        "secret-recoverable",
        "stage-client-certificate",
        "stage-traced",
        "tags-of-environment",
        "topic-subscribed",
        "users-custom-authentication",
        "users-deletion-protection",
        "vpc-interface-endpoints",
      ]),
    );
  });
});

describe("what is wrong with a report", () => {
  const stack: PolicyResource = {
    urn: "urn:pulumi:dev::tap::pulumi:pulumi:Stack::tap-dev",
    type: "pulumi:pulumi:Stack",
    name: "tap-dev",
    inputs: {},
    references: {},
  };

  it("is nothing for the program, of which no rule but that of users judges nothing", async () => {
    const evidence = evidenceOf(
      await recordProgram({ auditTrail: "true", interfaceEndpoints: '["kms"]' }),
      preview,
      made,
    );
    expect(evidence.notExamined).toEqual(["iam-no-users"]);
    expect(shortcomingsOf(evidence)).toEqual([]);
  });

  it("is that nothing was judged for a clause, as after an `up` that failed at once", () => {
    const evidence = evidenceOf([stack], preview, made);
    expect(evidence.notExamined).toEqual(rules.map(({ name }) => name));
    expect(shortcomingsOf(evidence)).toEqual([
      `Nothing was judged for ${Object.keys(clauses).join(", ")}: is the stack complete?`,
    ]);
  });

  it("is that nobody can say for a clause whether anything is kept", () => {
    const key = { urn: "urn:of:key", type: "aws:kms/key:Key", name: "key", references: {} };
    const readable = shortcomingsOf(evidenceOf([{ ...key, inputs: { isEnabled: true } }], preview, made)).join();
    const unreadable = { isEnabled: hidden, deletionWindowInDays: hidden, bypassPolicyLockoutSafetyCheck: hidden };
    const unknown = shortcomingsOf(evidenceOf([{ ...key, inputs: unreadable }], preview, made)).join();
    expect(readable).not.toContain("164.308(a)(7)(ii)(A)");
    expect(unknown).toContain("164.308(a)(7)(ii)(A)");
  });

  it("is that nobody can say of one resource whether a mandatory rule is kept, although others keep it", async () => {
    const partly = (await recordProgram({ auditTrail: "true" })).map((resource) =>
      resource.type === "aws:kms/key:Key" && resource.name === "cache"
        ? { ...resource, inputs: { ...resource.inputs, enableKeyRotation: hidden } }
        : resource,
    );
    expect(shortcomingsOf(evidenceOf(partly, preview, made))).toEqual([
      "Whether mandatory rules are kept is open, as something that decides it cannot be read (unknown in the report): key-rotation",
    ]);
  });

  it("is what a state has left open, beside what is violated", async () => {
    const pending = ["creating urn:of:postgres"];
    const source = { kind: "deployed", name: "state.json", pending } as const;
    const opened = (await recordProgram()).map((resource) =>
      resource.type === "aws:rds/instance:Instance"
        ? { ...resource, inputs: { ...resource.inputs, storageEncrypted: false } }
        : resource,
    );
    const evidence = evidenceOf(opened, source, made);
    expect(shortcomingsOf(evidence)).toEqual([
      "Mandatory rules are violated: database-encrypted",
      "The state has operations that were interrupted, so that AWS may have something else: creating urn:of:postgres",
    ]);
    expect(renderEvidence(evidence)).toContain(
      "\n**Interrupted**, so that AWS may have something else than the state: creating urn:of:postgres.\n",
    );
  });
});

describe("the resources of a deployed state", () => {
  const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:..." };
  const state = (resource: object) => JSON.stringify({ version: 3, deployment: { resources: [resource] } });
  const urn = "urn:pulumi:dev::tap::tap:database:Rds$aws:rds/instance:Instance::postgres";
  const type = "aws:rds/instance:Instance";

  it("are what AWS told last, and what the program asked for where AWS tells nothing", () => {
    const inputs = { storageEncrypted: true, publiclyAccessible: false };
    const outputs = { publiclyAccessible: true, endpoint: "host:5432" };
    const propertyDependencies = { kmsKeyId: ["urn:of:key"], tags: null };
    expect(deployedStack(state({ urn, type, inputs, outputs, propertyDependencies })).resources).toEqual([
      {
        urn,
        type,
        name: "postgres",
        inputs: { storageEncrypted: true, publiclyAccessible: true, endpoint: "host:5432" },
        references: { kmsKeyId: ["urn:of:key"], tags: [] },
      },
    ]);
  });

  it("hold no nulls, and no secrets but those that were set", () => {
    const inputs = { masterPassword: secret, rules: [{ action: { block: {}, count: null } }] };
    const outputs = { password: secret, masterPassword: secret, rules: [{ action: { block: {}, count: null } }] };
    const [resource] = deployedStack(state({ urn, type, inputs, outputs })).resources;
    expect(resource?.inputs).toEqual({ masterPassword: hidden, rules: [{ action: { block: {} } }] });
  });

  it("leave out what a replacement is about to delete, or has deleted and not made anew", () => {
    const resources = [
      { urn, type, outputs: { storageEncrypted: false }, delete: true },
      { urn, type, outputs: { storageEncrypted: false }, pendingReplacement: true },
      { urn, type, outputs: { storageEncrypted: true } },
    ];
    const found = deployedStack(JSON.stringify({ deployment: { resources } }));
    expect(found.resources.map(({ inputs }) => inputs)).toEqual([{ storageEncrypted: true }]);
    expect(found.pending).toEqual([]);
  });

  it("come with what an interrupted run has left open", () => {
    const resources = [{ urn: "urn:pulumi:dev::tap::pulumi:pulumi:Stack::tap-dev", type: "pulumi:pulumi:Stack" }];
    const pending_operations = [{ type: "creating", resource: { urn, type } }];
    expect(deployedStack(JSON.stringify({ deployment: { resources, pending_operations } })).pending).toEqual([
      `creating ${urn}`,
    ]);
  });

  it("are not looked for where there is no file", () => {
    const read = () => readState("/nowhere/state.json");
    expect(read).toThrow(UserError);
    expect(read).toThrow("The state cannot be read: ENOENT: no such file or directory, open '/nowhere/state.json'");
  });

  it.each([
    ["# a text", "The state is not JSON. Is it from `pulumi stack export`?"],
    ["null", "The state holds no resources. Is it from `pulumi stack export`?"],
    ["{}", "The state holds no resources. Is it from `pulumi stack export`?"],
    [JSON.stringify({ deployment: {} }), "The state holds no resources. Is it from `pulumi stack export`?"],
  ])("are not looked for in %s", (text, message) => {
    expect(() => deployedStack(text)).toThrow(message);
  });
});

describe("the report for people", () => {
  const evidence: Evidence = {
    made: made.toISOString(),
    source: { kind: "deployed", name: "state.json", sha256: "abc" },
    results: { pass: 1, fail: 1, accepted: 1, unknown: 0 },
    clauses: [
      {
        clause: "45 CFR 164.312(b)",
        title: "Audit controls",
        results: { pass: 1, fail: 1, accepted: 1, unknown: 0 },
        controls: [
          {
            name: "log-kept",
            description: "Logs are kept.",
            severity: "high",
            enforcement: "mandatory",
            remedy: "Keep them.",
            exception: "Somebody else keeps it.",
            awsControls: [{ id: "FSBP RDS.9", subject: "Logs of instances" }],
            resources: [
              { urn: "1", type: "aws:a", name: "a", result: "pass", violations: [] },
              { urn: "2", type: "aws:b", name: "b", result: "fail", violations: ["is a | b", "is c"] },
              { urn: "3", type: "aws:c", name: "c", result: "accepted", violations: ["is d"] },
            ],
          },
          {
            name: "log-read",
            description: "Logs are read.",
            severity: "low",
            enforcement: "advisory",
            remedy: "Read them.",
            exception: "Not needed.",
            awsControls: [],
            resources: [],
          },
        ],
      },
    ],
    notExamined: ["log-read"],
    elsewhere: [{ clause: "45 CFR 164.312(c)(2)", title: "Mechanism", where: "there" }],
  };

  it("holds all of it", () => {
    const [, introduction = "", summary = ""] = renderEvidence(evidence).split(/\n## (?=Summary)|# Evidence.*\n/);
    expect(introduction).toContain(
      "Of a deployed stack, from its state `state.json` (SHA-256 `abc`); made 2026-01-02T03:04:05.000Z. In total: 1 passed, 1 failed, 1 accepted, 0 unknown.",
    );
    expect(summary).toBe(`Summary

| clause |  | passed | failed | accepted | unknown |
| --- | --- | --- | --- | --- | --- |
| [45 CFR 164.312(b)](#45-cfr-164312b) | Audit controls | 1 | 1 | 1 | 0 |

## 45 CFR 164.312(b)

Audit controls: 1 passed, 1 failed, 1 accepted, 0 unknown.

### log-kept

Logs are kept. High severity, mandatory. FSBP RDS.9 (Logs of instances).

**Remedy**: Keep them.

**Accepted**: Somebody else keeps it.

| result | resource | type | found |
| --- | --- | --- | --- |
| pass | a | aws:a |  |
| fail | b | aws:b | is a \\| b; is c |
| accepted | c | aws:c | is d |

### log-read

Logs are read. Low severity, advisory.

The stack has nothing that this is about.

## Not examined

The stack has nothing that these rules are about:

- log-read

## Not shown here

- **45 CFR 164.312(c)(2) Mechanism**: there
`);
  });

  it("tells of a preview where it is one", () => {
    expect(renderEvidence({ ...evidence, source: preview })).toContain(
      "Of what would be deployed for the stack `dev`;",
    );
  });

  it("sums up in a line", () => {
    expect(summarize({ pass: 4, fail: 3, accepted: 2, unknown: 1 })).toBe("4 passed, 3 failed, 2 accepted, 1 unknown");
  });
});
