import { describeDeployment } from "../../lib/previous-deployment";
import { livingEnvironment } from "./living-environment";

/** The state with some resources left out. */
const without = (...types: string[]) =>
  Object.fromEntries(Object.entries(livingEnvironment).filter(([, { type }]) => !types.includes(type)));

describe("what a stack held before", () => {
  it("is its resources by type and logical name, whatever component they belong to", () => {
    expect([...describeDeployment(livingEnvironment).resources].sort()).toEqual([
      "aws:ec2/subnet:Subnet data-1",
      "aws:ec2/subnet:Subnet data-2",
      "aws:ec2/subnet:Subnet data-3",
      "aws:ec2/subnet:Subnet private-1",
      "aws:ec2/subnet:Subnet private-2",
      "aws:ec2/subnet:Subnet private-3",
      "aws:ec2/subnet:Subnet public-1",
      "aws:ec2/subnet:Subnet public-2",
      "aws:ec2/subnet:Subnet public-3",
      "aws:ec2/vpc:Vpc vpc",
      "aws:elasticache/replicationGroup:ReplicationGroup redis",
      "aws:rds/instance:Instance postgres",
      "aws:s3/bucket:Bucket trail",
      "pulumi:pulumi:Stack tap-dev",
    ]);
  });

  it("says what the environment is bound to", () => {
    expect(describeDeployment(livingEnvironment).environment).toEqual({
      environmentSuffix: "dev",
      region: "eu-west-1",
      vpcCidr: "10.0.0.0/16",
      availabilityZoneCount: 3,
      auditTrail: true,
      database: { engineVersion: "17", actualEngineVersion: "17.6", allocatedStorage: 90 },
    });
  });

  it("binds a database's version and storage only when there is one", () => {
    expect(describeDeployment(without("aws:rds/instance:Instance")).environment?.database).toBeUndefined();
  });

  it("binds nothing before there is a VPC, before the first deployment and after a destroy", () => {
    expect(describeDeployment(without("aws:ec2/vpc:Vpc")).environment).toBeUndefined();
    expect(describeDeployment({})).toEqual({ resources: new Set(), environment: undefined });
  });

  it("holds nothing else of the state, in which secrets are plain", () => {
    const { resources, environment } = describeDeployment(livingEnvironment);
    expect(JSON.stringify([[...resources], environment])).not.toContain("the first token");
  });
});
