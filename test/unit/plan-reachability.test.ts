import "./mocked-bundle";
import { reachability } from "../../tools/plan/reachability";
import type { Registered } from "../../tools/program";
import { isolated } from "./program";
import { registered, registeredBy, urnOf } from "./registered";

const group = "aws:ec2/securityGroup:SecurityGroup";
const ingress = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const egress = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const instance = "aws:rds/instance:Instance";
const lambda = "aws:lambda/function:Function";
const subnet = "aws:ec2/subnet:Subnet";

const linesOf = (resources: Registered[]) =>
  reachability(resources).connections.map(
    ({ blocked, from, port, to, via }) =>
      `${from} > ${to} : ${port} by ${via}${blocked === undefined ? "" : `, blocked: ${blocked}`}`,
  );

/** A function and a database, each with a group of its own. */
const ends = [
  registered(group, "client"),
  registered(group, "server"),
  registered(lambda, "f", { references: { vpcConfig: [urnOf(group, "client"), urnOf(subnet, "private-1")] } }),
  registered(instance, "db", { references: { vpcSecurityGroupIds: [urnOf(group, "server")] } }),
  registered(subnet, "private-1", { inputs: { cidrBlock: "10.0.0.0/24" } }),
];

const rule = (type: string, own: string, other: string, port = 5432) =>
  registered(type, `${type} ${own}`, {
    inputs: { ipProtocol: "tcp", fromPort: port, toPort: port },
    references: { securityGroupId: [urnOf(group, own)], referencedSecurityGroupId: [urnOf(group, other)] },
  });

const open = (type: string, own: string, inputs: object = { cidrIpv4: "0.0.0.0/0" }) =>
  registered(type, `open ${own}`, {
    inputs: { ipProtocol: "tcp", fromPort: 443, toPort: 443, ...inputs },
    references: { securityGroupId: [urnOf(group, own)] },
  });

describe("who reaches whom", () => {
  it("takes a rule on either side", () => {
    const [out, into] = [rule(egress, "client", "server"), rule(ingress, "server", "client")];
    expect(linesOf([...ends, out, into])).toEqual(["Function f > Instance db : tcp 5432 by the VPC"]);
    expect(linesOf([...ends, out])).toEqual([
      "Function f > Instance db : tcp 5432 by the VPC, blocked: nothing lets it in",
    ]);
    expect(linesOf([...ends, into])).toEqual([
      "Function f > Instance db : tcp 5432 by the VPC, blocked: nothing lets it out",
    ]);
    expect(linesOf([...ends, out, rule(ingress, "server", "client", 5433)])).toEqual([
      "Function f > Instance db : tcp 5432 by the VPC, blocked: nothing lets it in",
      "Function f > Instance db : tcp 5433 by the VPC, blocked: nothing lets it out",
    ]);
  });

  it("takes a public address from the internet", () => {
    const before = [...ends, open(ingress, "server")];
    expect(linesOf(before)).toEqual([
      "internet > Instance db : tcp 443 by the internet gateway, blocked: no public address",
    ]);
    expect(
      linesOf(
        before.map((each) => (each.type === instance ? { ...each, inputs: { publiclyAccessible: true } } : each)),
      ),
    ).toEqual(["internet > Instance db : tcp 443 by the internet gateway"]);
  });

  it("takes a route to the internet", () => {
    const association = registered("aws:ec2/routeTableAssociation:RouteTableAssociation", "a", {
      references: {
        subnetId: [urnOf(subnet, "private-1")],
        routeTableId: [urnOf("aws:ec2/routeTable:RouteTable", "t")],
      },
    });
    const route = (inputs: object) =>
      registered("aws:ec2/route:Route", "r", {
        inputs: { destinationCidrBlock: "0.0.0.0/0", ...inputs },
        references: { routeTableId: [urnOf("aws:ec2/routeTable:RouteTable", "t")] },
      });
    const table = registered("aws:ec2/routeTable:RouteTable", "t");
    const through = (...more: Registered[]) => linesOf([...ends, association, table, open(egress, "client"), ...more]);
    expect(through()).toEqual(["Function f > internet : tcp 443 by none, blocked: no route"]);
    expect(through(route({ natGatewayId: "nat" }))).toEqual(["Function f > internet : tcp 443 by NAT gateway"]);
    expect(through(route({ gatewayId: "igw" }))).toEqual(["Function f > internet : tcp 443 by internet gateway"]);
    expect(through(route({ natGatewayId: "nat", destinationCidrBlock: "10.9.0.0/16" }))).toEqual([
      "Function f > internet : tcp 443 by none, blocked: no route",
    ]);
  });

  it("takes any address that a rule admits, by whatever it is written", () => {
    const described = { cidrIpv6: "fd00::/8" };
    expect(
      linesOf([...ends, open(ingress, "server", { cidrIpv4: "10.1.0.0/16" }), open(egress, "client", described)]),
    ).toEqual([
      "10.1.0.0/16 > Instance db : tcp 443 by the VPC, or a way into it",
      "Function f > fd00::/8 : tcp 443 by the VPC, or a way out of it",
    ]);
    const foreign = { prefixListId: "pl-1", referencedSecurityGroupId: "sg-1" };
    expect(linesOf([...ends, open(ingress, "server", foreign), open(egress, "client", foreign)])).toEqual([
      "pl-1 > Instance db : tcp 443 by the VPC, or a way into it",
      "sg-1 > Instance db : tcp 443 by the VPC, or a way into it",
      "Function f > pl-1 : tcp 443 by the VPC, or a way out of it",
      "Function f > sg-1 : tcp 443 by the VPC, or a way out of it",
    ]);
  });

  it("takes rules that stand in their group, and those of the older type", () => {
    const postgres = { protocol: "6", fromPort: 5432, toPort: 5432 };
    const within = (inputs: object, references: Registered["references"] = {}) =>
      linesOf(ends.map((each) => (each.name === "server" ? { ...each, inputs: { ...inputs }, references } : each)));
    expect(
      within({ ingress: [{ ...postgres, cidrBlocks: ["0.0.0.0/0", "10.1.0.0/16"], ipv6CidrBlocks: ["::/0"] }] }),
    ).toEqual([
      "internet > Instance db : tcp 5432 by the internet gateway, blocked: no public address",
      "10.1.0.0/16 > Instance db : tcp 5432 by the VPC, or a way into it",
    ]);
    expect(
      within({
        ingress: [
          { ...postgres, self: true },
          { ...postgres, securityGroups: ["sg-1"], prefixListIds: ["pl-1"] },
        ],
        egress: [{ ...postgres, protocol: "all", self: true }],
      }),
    ).toEqual([
      "sg-1 > Instance db : tcp 5432 by the VPC, or a way into it",
      "pl-1 > Instance db : tcp 5432 by the VPC, or a way into it",
      "Instance db > Instance db : tcp 5432 by the VPC",
    ]);
    expect(
      within({ ingress: [{ ...postgres, securityGroups: ["<client>"] }] }, { ingress: [urnOf(group, "client")] }),
    ).toEqual(["Function f > Instance db : tcp 5432 by the VPC, blocked: nothing lets it out"]);

    const older = (type: string, own: string, inputs: object, source?: string) =>
      registered("aws:ec2/securityGroupRule:SecurityGroupRule", `${type} ${own}`, {
        inputs: { ...postgres, type, ...inputs },
        references: {
          securityGroupId: [urnOf(group, own)],
          ...(source === undefined ? {} : { sourceSecurityGroupId: [urnOf(group, source)] }),
        },
      });
    expect(
      linesOf([
        ...ends,
        older("ingress", "server", { sourceSecurityGroupId: "<client>" }, "client"),
        older("egress", "client", { cidrBlocks: ["10.0.0.0/8"] }),
      ]),
    ).toEqual([
      "Function f > Instance db : tcp 5432 by the VPC",
      "Function f > 10.0.0.0/8 : tcp 5432 by the VPC, or a way out of it",
    ]);
  });

  it("takes addresses on either side for a security group", () => {
    const byAddress = (type: string, own: string) =>
      open(type, own, { cidrIpv4: "10.0.0.0/8", fromPort: 5000, toPort: 6000 });
    expect(linesOf([...ends, rule(egress, "client", "server"), byAddress(ingress, "server")])).toEqual([
      "10.0.0.0/8 > Instance db : tcp 5000-6000 by the VPC, or a way into it",
      "Function f > Instance db : tcp 5432 by the VPC",
    ]);
    expect(linesOf([...ends, rule(ingress, "server", "client"), byAddress(egress, "client")])).toEqual([
      "Function f > Instance db : tcp 5432 by the VPC",
      "Function f > 10.0.0.0/8 : tcp 5000-6000 by the VPC, or a way out of it",
    ]);
  });

  it("names all ports, and ranges", () => {
    expect(linesOf([...ends, open(ingress, "server", { cidrIpv6: "::/0", ipProtocol: "-1" })])).toEqual([
      "internet > Instance db : all by the internet gateway, blocked: no public address",
    ]);
    expect(linesOf([...ends, open(ingress, "server", { cidrIpv4: "10.1.0.0/16", fromPort: "later" })])).toEqual([
      "10.1.0.0/16 > Instance db : tcp 0-443 by the VPC, or a way into it",
    ]);
    expect(linesOf([...ends, open(ingress, "server", { cidrIpv4: "0.0.0.0/0", toPort: 450 })])).toEqual([
      "internet > Instance db : tcp 443-450 by the internet gateway, blocked: no public address",
    ]);
  });
});

describe("who reaches whom in the program", () => {
  const tiersOf = (resources: Registered[]) =>
    reachability(resources).tiers.map(({ internet, members, subnets }) => [subnets, internet, members]);
  const functions = [
    "database-rotation",
    "records-operations",
    "records-service",
    "redis-rotation",
    "schema-migration",
  ];

  it("is this with NAT", async () => {
    const { resources } = await registeredBy("dev");
    expect(tiersOf(resources)).toEqual([
      [["data-1", "data-2"], "none", ["ReplicationGroup redis", "Instance postgres"]],
      [
        ["private-1", "private-2"],
        "NAT gateway",
        expect.arrayContaining(["Service analytics", ...functions.map((name) => `Function ${name}`)]),
      ],
      [["public-1", "public-2"], "internet gateway", ["NatGateway nat-1"]],
    ]);
    const clients = functions.map((name) => `Function ${name}`);
    const [postgres, redis] = [
      "Instance postgres : tcp 5432 by the VPC",
      "ReplicationGroup redis : tcp 6379 by the VPC",
    ];
    expect(linesOf(resources).sort()).toEqual(
      [
        "internet > RestApi records : tcp 443 by firewall, AWS's own network",
        "internet > sign-in pages of UserPool users : tcp 443 by AWS's own network",
        ...["Service analytics", "Function records-operations", "Function records-service"].flatMap((client) => [
          `${client} > ${postgres}`,
          `${client} > ${redis}`,
        ]),
        `Function database-rotation > ${postgres}`,
        `Function schema-migration > ${postgres}`,
        `Function redis-rotation > ${redis}`,
        ...["Service analytics", ...clients].map((client) => `${client} > internet : tcp 443 by NAT gateway`),
        "Service analytics > S3 : tcp 443 by gateway endpoint s3",
      ].sort(),
    );
    expect(reachability(resources).invocations).toEqual([
      { by: "apigateway.amazonaws.com", function: "records-service" },
      { by: "secretsmanager.amazonaws.com", function: "redis-rotation" },
      { by: "secretsmanager.amazonaws.com", function: "database-rotation" },
      { by: "events.amazonaws.com", function: "records-operations" },
    ]);
  });

  it("is by endpoints without NAT, and to nowhere else", async () => {
    const { resources } = await registeredBy("dev", isolated);
    expect(tiersOf(resources).map(([subnets, internet]) => [subnets, internet])).toEqual([
      [["data-1", "data-2"], "none"],
      [["private-1", "private-2"], "none"],
      [["public-1", "public-2"], "none"],
    ]);
    const endpoints = ["ecr.api", "ecr.dkr", "elasticache", "kms", "logs", "secretsmanager", "xray"];
    expect(linesOf(resources)).toContain(
      `Function records-service > interface endpoints: ${endpoints.join(", ")} : tcp 443 by the VPC`,
    );
    expect(linesOf(resources).filter((line) => line.includes("> internet"))).toEqual([]);
  });
});
