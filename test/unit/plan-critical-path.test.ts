import "./mocked-bundle";
import { allNeeds, criticalPath, schedule } from "../../tools/plan/critical-path";
import type { Registered } from "../../tools/program";
import { registered, registeredBy, urnOf } from "./registered";

const title = ({ type, name }: Registered) => `${type.split(":").at(-1) ?? ""} ${name}`;

/** What both data stores stand on. */
const ground = ["Key logs", "Subnet data-1", "Subnet data-2", "Vpc vpc"];

describe.each([
  { stack: "dev", slowest: "ReplicationGroup redis" },
  { stack: "prod", slowest: "Instance postgres" },
])("the deployment of $stack", ({ stack, slowest }) => {
  let resources: Registered[];
  beforeAll(async () => {
    resources = (await registeredBy(stack)).resources;
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

describe("the critical path", () => {
  const [vpc, key, subnet] = ["aws:ec2/vpc:Vpc", "aws:kms/key:Key", "aws:ec2/subnet:Subnet"];
  const database = "aws:rds/instance:Instance";
  const resources = [
    registered("tap:network:Vpc", "network"),
    registered(vpc, "a"),
    registered(key, "a"),
    registered(subnet, "a", { dependencies: [urnOf(vpc, "a")] }),
    registered(database, "a", { dependencies: [urnOf(subnet, "a"), urnOf(key, "a")] }),
    registered(key, "b", { dependencies: [urnOf(database, "a")] }),
  ];

  it("begins everything as soon as what it needs is there", () => {
    const steps = schedule(resources);
    expect(resources.map(({ urn }) => [steps.get(urn)?.start, steps.get(urn)?.seconds])).toEqual([
      [0, 0],
      [0, 12],
      [0, 20],
      [12, 1],
      [20, 443],
      [463, 20],
    ]);
  });

  it("is what the last resource waited for", () => {
    const { bound, longest, steps, total, unknown } = criticalPath(resources);
    expect(steps.map(({ start, urn }) => [urn, start])).toEqual([
      [urnOf(key, "a"), 0],
      [urnOf(database, "a"), 20],
      [urnOf(key, "b"), 463],
    ]);
    expect({ bound, longest: longest.urn, total, unknown }).toEqual({
      bound: 463,
      longest: urnOf(database, "a"),
      total: 483,
      unknown: [],
    });
    expect(steps.filter(({ source }) => source === "")).toEqual([]);
  });

  it("takes longer with a standby", () => {
    const withStandby = resources.map((each) =>
      each.type === database ? { ...each, inputs: { multiAz: true } } : each,
    );
    expect(criticalPath(withStandby).total).toBe(20 + 754 + 20);
  });

  it("says which types it knows no time of, and counts them as none", () => {
    const { total, unknown } = criticalPath([
      registered(vpc, "a"),
      registered("aws:s3/bucket:Bucket", "b", { dependencies: [urnOf(vpc, "a")] }),
    ]);
    expect({ total, unknown }).toEqual({ total: 12, unknown: ["aws:s3/bucket:Bucket"] });
  });
});
