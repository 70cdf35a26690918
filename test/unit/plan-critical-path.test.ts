import "./mocked-bundle";
import { allNeeds, criticalPath } from "../../tools/plan/critical-path";
import { registerStack } from "../../tools/plan/register-stack";
import type { Registered } from "../../tools/program";

const title = ({ type, name }: Registered) => `${type.split(":").at(-1) ?? ""} ${name}`;

/** What both data stores stand on. */
const ground = ["Key logs", "Subnet data-1", "Subnet data-2", "Vpc vpc"];

describe.each([
  { stack: "dev", slowest: "ReplicationGroup redis" },
  { stack: "prod", slowest: "Instance postgres" },
])("the deployment of $stack", ({ stack, slowest }) => {
  let resources: Registered[];
  beforeAll(async () => {
    resources = (await registerStack(stack)).resources;
  });

  const zones = stack === "prod" ? ["Subnet data-3"] : [];

  const needs = (wanted: string) => {
    const resource = resources.find((candidate) => title(candidate) === wanted);
    if (!resource) throw new Error(`there is no ${wanted}`);
    return allNeeds(resource, resources).map(title).sort();
  };

  it("is hardly longer than its slowest resource and what that one needs", () => {
    const { bound, longest, total, unknown } = criticalPath(resources);
    expect(unknown).toEqual([]);
    expect(resources.filter(({ urn }) => urn === longest.urn).map(title)).toEqual([slowest]);
    expect(total / bound).toBeLessThanOrEqual(1.1);
  });

  it("begins the database once its network, its keys, its parameters, its monitoring and its logs are there", () => {
    expect(needs("Instance postgres")).toEqual(
      [
        ...ground,
        ...zones,
        "Key database",
        "Key secrets",
        "LogGroup postgresql",
        "LogGroup upgrade",
        "ParameterGroup postgres",
        "Policy monitoring",
        "Role monitoring",
        "RolePolicyAttachment monitoring",
        "SecurityGroup postgres",
        "SubnetGroup postgres",
      ].sort(),
    );
  });

  it("begins the cache once its network, its key, its parameters, its token and its logs are there", () => {
    expect(needs("ReplicationGroup redis")).toEqual(
      [
        ...ground,
        ...zones,
        "Key cache",
        "LogGroup engine-log",
        "LogGroup slow-log",
        "ParameterGroup redis",
        "RandomPassword redis-auth-token",
        "SecurityGroup redis",
        "SubnetGroup redis",
      ].sort(),
    );
  });

  it("begins what migrates the database and what answers for it while the database is being made", () => {
    for (const early of ["Function schema-migration", "RestApi records", "NatGateway nat-1", "Cluster analytics"]) {
      expect(needs(early)).not.toContain("Instance postgres");
      expect(needs(early)).not.toContain("ReplicationGroup redis");
    }
  });

  it("has nothing wait for a whole component", () => {
    const components = new Set(resources.filter(({ custom }) => !custom).map(({ urn }) => urn));
    const childrenOf = (component: string) =>
      resources.filter(({ custom, parent }) => custom && parent === component).map(({ urn }) => urn);
    for (const { dependencies, urn } of resources) {
      expect(dependencies.filter((dependency) => components.has(dependency))).toEqual([]);
      // Pulumi replaces a component that is depended on by all that is in it.
      const whole = [...components].filter((component) => {
        const children = childrenOf(component);
        return children.length > 2 && children.every((child) => child !== urn && dependencies.includes(child));
      });
      expect(whole).toEqual([]);
    }
  });
});
