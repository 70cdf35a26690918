import { withoutFound } from "../../policy/found";

const group = (inputs: Record<string, unknown>, references: Record<string, string[]>) => ({
  urn: "urn:group",
  type: "aws:ec2/securityGroup:SecurityGroup",
  name: "redis",
  inputs,
  references,
});

const rule = { protocol: "tcp", fromPort: 6379, toPort: 6379, cidrBlocks: ["0.0.0.0/0"] };

it("leaves out the rules of a security group and the routes of a table that a refresh has found", () => {
  const redis = group({ name: "redis-pr-7", ingress: [rule], egress: [] }, { name: [] });
  expect(withoutFound(redis)).toEqual({ ...redis, inputs: { name: "redis-pr-7" } });
  const table = {
    ...group({ routes: [{}], vpcId: "vpc-1" }, { vpcId: ["urn:vpc"] }),
    type: "aws:ec2/routeTable:RouteTable",
  };
  expect(withoutFound(table)).toEqual({ ...table, inputs: { vpcId: "vpc-1" } });
});

it("leaves what the program has set, and everything of other resources", () => {
  const redis = group({ ingress: [rule] }, { ingress: [] });
  expect(withoutFound(redis)).toEqual(redis);
  const other = { ...group({ ingress: [rule] }, {}), type: "aws:ec2/vpc:Vpc" };
  expect(withoutFound(other)).toEqual(other);
});
