import "./mocked-bundle";
import { readdirSync } from "node:fs";
import { rules, violations } from "../../policy/rules";
import { repository } from "../../tools/paths";
import { readConfiguration } from "../../tools/program";
import { isolated, recordProgram } from "./program";

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
  ["with a NAT gateway in each of three zones", { natStrategy: "perAz", availabilityZoneCount: "3" }],
  ...stacks.map((stack): [string, Record<string, string>] => [`of Pulumi.${stack}.yaml`, configurationOf(stack)]),
];

describe.each(configurations)("the environment %s", (_, configuration) => {
  it("keeps every rule", async () => {
    const found = violations(await recordProgram(configuration));
    expect(found.map(({ rule, resource, message }) => `${rule.name}: ${resource.name} ${message}`)).toEqual([]);
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

it("has rules for every type of resource that the program makes, but for those that only connect or name others", async () => {
  const covered = new Set(rules.flatMap(({ types = [] }) => types));
  const made = [...(await recordProgram({ auditTrail: "true" })), ...(await recordProgram(isolated))].map(
    ({ type }) => type,
  );
  const uncovered = [...new Set(made)].filter((type) => !covered.has(type) && !/^(tap|pulumi):/.test(type));
  expect(uncovered.sort()).toEqual([
    "aws:apigateway/deployment:Deployment",
    "aws:appautoscaling/policy:Policy",
    "aws:appautoscaling/target:Target",
    "aws:cloudwatch/dashboard:Dashboard",
    "aws:cloudwatch/eventRule:EventRule",
    "aws:cloudwatch/eventTarget:EventTarget",
    "aws:cloudwatch/logMetricFilter:LogMetricFilter",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:cloudwatch/queryDefinition:QueryDefinition",
    "aws:cognito/resourceServer:ResourceServer",
    "aws:cognito/userPoolDomain:UserPoolDomain",
    "aws:ec2/internetGateway:InternetGateway",
    "aws:ec2/natGateway:NatGateway",
    "aws:ec2/route:Route",
    "aws:ec2/routeTable:RouteTable",
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    "aws:elasticache/parameterGroup:ParameterGroup",
    "aws:elasticache/subnetGroup:SubnetGroup",
    "aws:kms/alias:Alias",
    "aws:lambda/invocation:Invocation",
    "aws:rds/subnetGroup:SubnetGroup",
    "aws:wafv2/webAclAssociation:WebAclAssociation",
  ]);
});
