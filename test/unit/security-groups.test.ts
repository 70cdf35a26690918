import * as pulumi from "@pulumi/pulumi";
import { allowAwsApis, allowConnection, allowS3, createSecurityGroup } from "../../lib/security-groups";
import { network } from "./fixtures";
import { all, counts, only, record } from "./recorder";

const client = { name: "client", securityGroupId: "sg-client" };
const server = { name: "server", securityGroupId: "sg-server" };

const under = (create: (parent: pulumi.Resource) => void) =>
  record(() => {
    const parent = new pulumi.ComponentResource("tap:test:Parent", "parent");
    create(parent);
    return parent;
  });

const egress = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const ingress = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";

describe("a security group", () => {
  it("has no rules of its own, and gives up others' when it goes", async () => {
    const recorded = await under((parent) => {
      createSecurityGroup(parent, "redis", {
        type: "redis",
        environmentSuffix: "pr-7",
        vpcId: "vpc-1",
        description: "Redis",
      });
    });
    expect(counts(recorded)).toEqual({ "aws:ec2/securityGroup:SecurityGroup": 1 });
    expect(only(recorded, "aws:ec2/securityGroup:SecurityGroup").inputs).toEqual({
      name: "redis-pr-7",
      vpcId: "vpc-1",
      description: "Redis",
      revokeRulesOnDelete: true,
      tags: { Name: "redis-pr-7" },
    });
  });
});

describe("an allowed connection", () => {
  it("is one rule out of the client's group and one into the server's, for one port", async () => {
    const recorded = await under((parent) => {
      allowConnection(parent, { from: client, to: server, port: 5432 });
    });
    expect(counts(recorded)).toEqual({ [egress]: 1, [ingress]: 1 });
    const port = { ipProtocol: "tcp", fromPort: 5432, toPort: 5432 };
    expect(only(recorded, egress, "client-to-server").inputs).toEqual({
      ...port,
      securityGroupId: "sg-client",
      referencedSecurityGroupId: "sg-server",
      description: "To server",
    });
    expect(only(recorded, ingress, "server-from-client").inputs).toEqual({
      ...port,
      securityGroupId: "sg-server",
      referencedSecurityGroupId: "sg-client",
      description: "From client",
    });
  });
});

describe("access to AWS's APIs", () => {
  const https = { ipProtocol: "tcp", fromPort: 443, toPort: 443, securityGroupId: "sg-client" };

  it("goes out to the internet over HTTPS where there is NAT", async () => {
    const recorded = await under((parent) => {
      allowAwsApis(parent, client, network().awsAccess);
    });
    expect(counts(recorded)).toEqual({ [egress]: 1 });
    expect(only(recorded, egress, "client-to-internet").inputs).toEqual({
      ...https,
      cidrIpv4: "0.0.0.0/0",
      description: "HTTPS to AWS APIs through NAT",
    });
  });

  it("goes to the interface endpoints where there are some", async () => {
    const recorded = await under((parent) => {
      allowAwsApis(
        parent,
        client,
        network({ nat: false, endpointSecurityGroupId: pulumi.output("sg-endpoints") }).awsAccess,
      );
    });
    expect(all(recorded, egress).map(({ inputs }) => inputs)).toEqual([
      { ...https, referencedSecurityGroupId: "sg-endpoints", description: "To endpoints" },
    ]);
    expect(all(recorded, ingress).map(({ inputs }) => inputs)).toEqual([
      {
        ...https,
        securityGroupId: "sg-endpoints",
        referencedSecurityGroupId: "sg-client",
        description: "From client",
      },
    ]);
  });

  it("to S3 goes by the gateway endpoint", async () => {
    const recorded = await under((parent) => {
      allowS3(parent, client, network().awsAccess);
    });
    expect(counts(recorded)).toEqual({ [egress]: 1 });
    expect(only(recorded, egress, "client-to-s3").inputs).toEqual({
      ...https,
      prefixListId: "pl-1",
      description: "HTTPS to S3 by the gateway endpoint",
    });
  });
});
