import "./mocked-bundle";
import { readdirSync } from "node:fs";
import { rules, violations } from "../../policy/rules";
import { withoutRules } from "../../policy/rules/types";
import { evidenceOf, shortcomingsOf } from "../../tools/evidence/report";
import { repository } from "../../tools/paths";
import { readConfiguration } from "../../tools/program";
import { excepted } from "./policy-cases";
import { isolated, recordProgram } from "./program";
import type { Recorded } from "./recorder";

/** Every stack that the repository has a file for. */
const stacks = readdirSync(repository).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);

/** The configuration of a stack by key, as the program reads it. */
function configurationOf(stack: string): Record<string, string> {
  const { configuration, project } = readConfiguration(stack);
  const entries = Object.entries(configuration).map(([key, value]) => [key.replace(`${project}:`, ""), value]);
  return Object.fromEntries(entries) as Record<string, string>;
}

const configurations: [string, Record<string, string>][] = [
  ["by default", {}],
  ["without NAT", isolated],
  ["with a trail", { auditTrail: "true" }],
  ["with threat protection that only watches", { threatProtection: "audit" }],
  ["that pages somebody", { alarmEmails: '["on-call@example.org"]' }],
  ["with a NAT gateway in each of three zones", { natStrategy: "perAz", availabilityZoneCount: "3" }],
  ...stacks.map((stack): [string, Record<string, string>] => [`of Pulumi.${stack}.yaml`, configurationOf(stack)]),
];

describe.each(configurations)("the environment %s", (_, configuration) => {
  let program: Recorded[];
  beforeAll(async () => {
    program = await recordProgram(configuration);
  });

  it("keeps every rule", () => {
    const found = violations(program);
    expect(found.map(({ rule, resource, message }) => `${rule.name}: ${resource.name} ${message}`)).toEqual([]);
  });

  it("has something to judge for every clause", () => {
    expect(shortcomingsOf(evidenceOf(program, { kind: "preview", name: "dev" }, new Date()))).toEqual([]);
  });
});

it("is about the stacks of dev and prod at least", () => {
  expect(stacks).toEqual(expect.arrayContaining(["dev", "prod"]));
});

describe("the configuration that would break a rule", () => {
  it.each([
    ["audit-log-kept", { auditRetentionDays: "1827" }, ["audit: retentionInDays is 1827; it must be at least 2192"]],
    [
      "database-standby",
      { databaseInstanceClass: "db.m7g.large", databaseMultiAz: "false" },
      ["postgres: multiAz is false; it must be true"],
    ],
    [
      "task-image-named",
      { analyticsImage: "public.ecr.aws/nginx/nginx-unprivileged:latest" },
      ['analytics: analytics: image is "public.ecr.aws/nginx/nginx-unprivileged:latest"'],
    ],
  ])("%s", async (name, configuration, expected) => {
    const found = violations(await recordProgram(configuration));
    expect(found.map(({ rule }) => rule.name)).toEqual(expected.map(() => name));
    expect(found.map(({ resource, message }) => `${resource.name}: ${message}`)).toEqual(expected);
  });
});

it("has no rules of only those types of resources that are known to need none, and why", async () => {
  const program = await recordProgram({ auditTrail: "true", alarmEmails: '["on-call@example.org"]' });
  // What it would take to keep a rule that is not kept must be no new violation.
  const asked = Object.values(excepted).flatMap((change) => change(program));
  const types = new Set([...program, ...asked, ...(await recordProgram(isolated))].map(({ type }) => type));
  const judged = new Set(rules.flatMap(({ types: all = [] }) => all));
  const others = [...types].filter((type) => !judged.has(type) && !/^(tap|pulumi):/.test(type));
  expect(others.sort()).toEqual(Object.keys(withoutRules).sort());
  expect(Object.values(withoutRules).filter((reason) => !/^[A-Z].*\.$/.test(reason))).toEqual([]);
});
