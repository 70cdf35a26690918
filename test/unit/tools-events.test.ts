import type { EngineEvent, OpType } from "@pulumi/pulumi/automation";
import { changedNothing, describeProblems, summarize } from "../../tools/events";

const urn = (type: string, name: string) => `urn:pulumi:dev::tap::tap:stack:TapStack$${type}::${name}`;

const step = (op: OpType, type: string, name: string, id: string, diffs?: string[]): EngineEvent => {
  const state = { type, urn: urn(type, name), id, parent: "", inputs: {}, outputs: {}, provider: "" };
  const [old, next] = op === "create" ? [undefined, state] : [state, state];
  return {
    sequence: 0,
    timestamp: 0,
    resourcePreEvent: {
      metadata: { op, urn: urn(type, name), type, old, new: next, diffs, provider: "" },
    },
  };
};

const defaultProvider = (name: string, logicalName: string): EngineEvent => {
  const type = `pulumi:providers:${name}`;
  const event = step("create", type, logicalName, "");
  if (event.resourcePreEvent) event.resourcePreEvent.metadata.urn = `urn:pulumi:dev::tap::${type}::${logicalName}`;
  return event;
};

const ended = (op: OpType, type: string, name: string): EngineEvent => ({
  sequence: 0,
  timestamp: 0,
  resOutputsEvent: { metadata: { op, urn: urn(type, name), type, provider: "" } },
});

const diagnostic = (
  severity: "info" | "info#err" | "warning" | "error",
  message: string,
  about?: string,
): EngineEvent => ({
  sequence: 0,
  timestamp: 0,
  diagnosticEvent: { severity, message, color: "never", urn: about },
});

const summary = (resourceChanges: Partial<Record<OpType, number>>): EngineEvent => ({
  sequence: 0,
  timestamp: 0,
  summaryEvent: { maybeCorrupt: false, durationSeconds: 1, resourceChanges, policyPacks: {} },
});

describe("the report of an operation", () => {
  it("lists what was done to each resource, and neither what stayed nor what the engine makes for itself", () => {
    const report = summarize([
      step("same", "aws:ec2/vpc:Vpc", "vpc", "vpc-1"),
      step("update", "aws:rds/instance:Instance", "postgres", "db-1", ["instanceClass"]),
      step("create", "aws:kms/key:Key", "logs", ""),
      defaultProvider("pulumi", "default"),
      defaultProvider("random", "default_4_21_2"),
      summary({ same: 1, update: 1, create: 1 }),
    ]);
    expect(report).toEqual({
      changes: { same: 1, update: 1, create: 1 },
      steps: [
        { op: "update", type: "aws:rds/instance:Instance", name: "postgres", id: "db-1", diffs: ["instanceClass"] },
        { op: "create", type: "aws:kms/key:Key", name: "logs", id: "", diffs: [] },
      ],
      drift: [],
      problems: [],
    });
  });

  it("lists what a refresh found changed or gone, and nothing else", () => {
    const { drift } = summarize([
      step("refresh", "aws:kms/key:Key", "logs", "1"),
      step("refresh", "aws:cloudwatch/logGroup:LogGroup", "audit", "2"),
      step("refresh", "aws:ec2/vpc:Vpc", "vpc", "3"),
      step("update", "aws:iam/role:Role", "task", "4"),
      ended("update", "aws:kms/key:Key", "logs"),
      ended("delete", "aws:cloudwatch/logGroup:LogGroup", "audit"),
      ended("same", "aws:ec2/vpc:Vpc", "vpc"),
      ended("update", "aws:iam/role:Role", "task"),
    ]);
    expect(drift).toEqual([
      { op: "update", type: "aws:kms/key:Key", name: "logs" },
      { op: "delete", type: "aws:cloudwatch/logGroup:LogGroup", name: "audit" },
    ]);
  });

  it("keeps warnings and errors, without the engine's colors, and drops what only informs", () => {
    const { problems } = summarize([
      diagnostic("info", "hello"),
      diagnostic("info#err", "a line of the program"),
      diagnostic("warning", "<{%fg 3%}>urn is deprecated<{%reset%}>\n", urn("aws:ec2/vpc:Vpc", "vpc")),
      diagnostic("error", "update failed"),
    ]);
    expect(problems).toEqual([
      { severity: "warning", resource: "vpc", message: "urn is deprecated" },
      { severity: "error", resource: "", message: "update failed" },
    ]);
    expect(describeProblems(problems)).toBe("  warning vpc: urn is deprecated\n  error : update failed");
  });

  it.each<[boolean, Partial<Record<OpType, number>>]>([
    [true, { same: 136 }],
    [false, { same: 135, update: 1 }],
    [false, { create: 136 }],
    [false, {}],
  ])("says %s to nothing having changed when the engine counts %j", (nothing, changes) => {
    expect(changedNothing(summarize([summary(changes)]))).toBe(nothing);
  });
});
