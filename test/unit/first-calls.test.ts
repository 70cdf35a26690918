import "./mocked-bundle";
import { isolated, recordProgram } from "./program";
import { only, type Recorded } from "./recorder";

/** What a deployment itself calls, and what has to exist for that beside the ways of the network: rotations begin with one at once. */
const calls = [
  {
    type: "aws:lambda/invocation:Invocation",
    name: "migrate",
    caller: "schema-migration",
    store: "postgres",
    needs: ["SecretPolicy records-database"],
  },
  {
    type: "aws:secretsmanager/secretRotation:SecretRotation",
    name: "redis-auth",
    caller: "redis-rotation",
    store: "redis",
    needs: ["Permission secrets-manager", "SecretPolicy redis-auth", "SecretVersion redis-auth"],
  },
  {
    type: "aws:secretsmanager/secretRotation:SecretRotation",
    name: "records-database",
    caller: "database-rotation",
    store: "postgres",
    needs: ["Permission secrets-manager"],
  },
];

describe.each([
  {
    title: "with a NAT gateway",
    configuration: {},
    network: [
      "Route private-internet-1",
      "Route private-internet-2",
      "RouteTableAssociation private-1",
      "RouteTableAssociation private-2",
      "RouteTableAssociation public-1",
      "RouteTableAssociation public-2",
    ],
    rules: (caller: string) => [`SecurityGroupEgressRule ${caller}-to-internet`],
  },
  {
    title: "without NAT",
    configuration: isolated,
    network: [
      "RouteTableAssociation private-1",
      "RouteTableAssociation private-2",
      "VpcEndpoint ecr.api",
      "VpcEndpoint ecr.dkr",
      "VpcEndpoint elasticache",
      "VpcEndpoint kms",
      "VpcEndpoint logs",
      "VpcEndpoint secretsmanager",
      "VpcEndpoint xray",
    ],
    rules: (caller: string) => [
      `SecurityGroupEgressRule ${caller}-to-endpoints`,
      `SecurityGroupIngressRule endpoints-from-${caller}`,
    ],
  },
] as {
  title: string;
  configuration: Record<string, string>;
  network: string[];
  rules: (caller: string) => string[];
}[])("the first call, $title,", ({ configuration, network, rules }) => {
  let recorded: Recorded[];
  beforeAll(async () => {
    recorded = await recordProgram(configuration);
  });

  it.each(calls)(
    "of $caller waits for its secret, its permission, and its ways to AWS and the data store",
    ({ type, name, caller, store, needs }) => {
      const toStore = [
        `SecurityGroupEgressRule ${caller}-to-${store}`,
        `SecurityGroupIngressRule ${store}-from-${caller}`,
      ];
      expect(only(recorded, type, name).dependsOn).toEqual([...needs, ...network, ...rules(caller), ...toStore].sort());
    },
  );

  it("of the analytics tasks, which fetch their image and their secret, waits for their ways to AWS", () => {
    expect(only(recorded, "aws:ecs/service:Service").dependsOn).toEqual(
      [...network, "RolePolicyAttachment execution"].sort(),
    );
  });
});
