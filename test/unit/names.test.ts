import "./mocked-bundle";
import { auditQueries } from "../../lib/audit-queries";
import { functionTypes, resourceName, resourceTypes, serviceLogGroups, type ResourceType } from "../../lib/naming";
import { accountId, isolated, recordProgram } from "./program";
import { type Recorded, type Values } from "./recorder";

const types = Object.keys(resourceTypes) as ResourceType[];

/** Inputs in which physical names stand. */
const nameInputs = [
  "name",
  "alarmName",
  "dashboardName",
  "bucket",
  "identifier",
  "replicationGroupId",
  "family",
  "domain",
  "stageName",
];

/** Inputs of the same names that say something else. */
const nameless = new Set([
  ...[
    "Policy",
    "OwnershipControls",
    "PublicAccessBlock",
    "ServerSideEncryptionConfiguration",
    "Versioning",
    "LifecycleConfiguration",
  ].map((part) => `aws:s3/bucket${part}:Bucket${part} bucket`),
  "aws:cognito/resourceServer:ResourceServer identifier",
  "aws:cognito/resourceServer:ResourceServer name",
  "aws:ec2/eip:Eip domain",
  "aws:elasticache/parameterGroup:ParameterGroup family",
  "aws:rds/parameterGroup:ParameterGroup family",
]);

/** Physical names by type and input, `Name` tags included. */
const physicalNames = (recorded: Recorded[]) =>
  recorded
    .filter(({ parent }) => parent !== "ApiGatewayAccount api-gateway-account")
    .flatMap(({ type, inputs }) => {
      const names = nameInputs
        .filter((input) => input in inputs && !nameless.has(`${type} ${input}`))
        .map((input) => String(inputs[input]));
      const { Name } = (inputs.tags ?? {}) as Values;
      return [...names, ...(typeof Name === "string" ? [Name] : [])];
    });

/** Every name that the convention allows for a suffix. */
const allowedNames = (suffix: string) => {
  const name = (type: ResourceType) => resourceName(type, suffix);
  return new Set([
    ...types.map(name),
    ...types.filter((type) => type.startsWith("kms-")).map((type) => `alias/${name(type)}`),
    suffix,
    `${name("records-sign-in")}-${accountId}`,
    `${name("audit-trail")}-${accountId}`,
    ...functionTypes.map((type) => serviceLogGroups.lambda(name(type))),
    serviceLogGroups.rds(name("rds-postgres"), "postgresql"),
    serviceLogGroups.rds(name("rds-postgres"), "upgrade"),
    serviceLogGroups.apiExecution("RestApi-records", suffix),
    serviceLogGroups.containerInsights(name("ecs")),
    ...Object.keys(auditQueries).map((query) => `${name("audit-queries")}/${query}`),
  ]);
};

describe("the names of an environment", () => {
  const suffix = "a-suffix-of-20-chars";
  let environment: Recorded[];
  let withoutNat: Recorded[];
  let other: Recorded[];
  beforeAll(async () => {
    const largest = { natStrategy: "perAz", availabilityZoneCount: "3", auditTrail: "true" };
    environment = await recordProgram({ ...largest, environmentSuffix: suffix });
    withoutNat = await recordProgram({ ...isolated, environmentSuffix: suffix });
    other = await recordProgram({ ...largest, environmentSuffix: "zz" });
  });

  it("are the resource type and the suffix, or what AWS dictates with them", () => {
    const names = [...physicalNames(environment), ...physicalNames(withoutNat)];
    expect(names.filter((name) => !allowedNames(suffix).has(name))).toEqual([]);
  });

  it("are given wherever one can be, never made up by Pulumi", () => {
    const named = new Set(environment.filter(({ inputs }) => "name" in inputs).map(({ type }) => type));
    const unnamed = environment.filter(({ type, inputs }) => named.has(type) && inputs.name === undefined);
    expect(unnamed.map(({ type, name }) => `${type} ${name}`)).toEqual([]);
  });

  it("use every resource type that there is, but for other versions of PostgreSQL", () => {
    const names = new Set([...physicalNames(environment), ...physicalNames(withoutNat)]);
    const unused = types.filter((type) => {
      const name = resourceName(type, suffix);
      const variants = [name, `alias/${name}`, `${name}-${accountId}`, `${name}/changes`];
      return !variants.some((variant) => names.has(variant));
    });
    expect(unused).toEqual(["rds-parameters-15", "rds-parameters-16", "rds-parameters-18"]);
  });

  it("are not those of another environment", () => {
    const names = new Set(physicalNames(environment));
    expect(names.size).toBeGreaterThan(60);
    expect(physicalNames(other).filter((name) => names.has(name))).toEqual([]);
  });

  it("are shared by all environments for these three only", () => {
    const shared = environment.filter(({ parent }) => parent === "ApiGatewayAccount api-gateway-account");
    expect(shared.map(({ type }) => type)).toEqual([
      "aws:apigateway/account:Account",
      "aws:iam/role:Role",
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    ]);
    expect(JSON.stringify(shared.map(({ inputs }) => inputs))).not.toContain(suffix);
  });

  it("stand in AWS only: what Pulumi calls the resources does not change with the suffix", () => {
    expect(environment.map(({ urn }) => urn)).toEqual(other.map(({ urn }) => urn));
    expect(environment.filter(({ urn }) => urn.includes(suffix))).toEqual([]);
  });

  it("are of one environment throughout: nothing of it speaks of another", () => {
    // The hash of a document that names the environment's function.
    const textOf = (recorded: Recorded[]) =>
      JSON.stringify(recorded.map(({ inputs }) => inputs)).replace(/"document":"[0-9a-f]{64}"/, "");
    expect(textOf(environment).replaceAll(suffix, "zz")).toBe(textOf(other));
  });
});

describe("the tags of an environment", () => {
  it("mark what holds patients' data, its keys and what signs in to it", async () => {
    const marked = (await recordProgram()).filter(
      ({ inputs }) => (inputs.tags as Values | undefined)?.DataClassification === "phi",
    );
    expect(marked.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
      "aws:ecs/taskDefinition:TaskDefinition analytics",
      "aws:elasticache/replicationGroup:ReplicationGroup redis",
      "aws:kms/key:Key cache",
      "aws:kms/key:Key database",
      "aws:kms/key:Key secrets",
      "aws:rds/instance:Instance postgres",
      "aws:secretsmanager/secret:Secret records-database",
      "aws:secretsmanager/secret:Secret redis-auth",
    ]);
  });
});
