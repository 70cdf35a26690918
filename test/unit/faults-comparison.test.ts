import type { Deployment, ResourceState } from "../../tools/stack-commands";
import { comparable, differences } from "../faults/comparison";
import { spread, workEvents } from "../faults/kill-point";

const urn = (suffix: string, type: string, name: string) =>
  `urn:pulumi:${suffix}::tap::tap:stack:TapStack$${type}::${name}`;

/** The same environment, as AWS names it for a suffix. */
const environment = (suffix: string, vpc: string, change: Partial<ResourceState> = {}): Deployment => ({
  resources: [
    {
      urn: urn(suffix, "aws:ec2/vpc:Vpc", "vpc"),
      type: "aws:ec2/vpc:Vpc",
      id: vpc,
      inputs: { cidrBlock: "10.0.0.0/16", tags: { Name: `vpc-${suffix}` } },
      outputs: { arn: `arn:aws:ec2:eu-west-1:123456789012:vpc/${vpc}`, ipv6CidrBlock: "", __meta: "{}" },
    },
    {
      urn: urn(suffix, "aws:ec2/subnet:Subnet", "data-1"),
      type: "aws:ec2/subnet:Subnet",
      id: `subnet-${vpc.slice(4)}`,
      inputs: { vpcId: vpc },
      outputs: { vpcId: vpc, mapPublicIpOnLaunch: false },
      dependencies: [urn(suffix, "aws:ec2/vpc:Vpc", "vpc")],
      ...change,
    },
  ],
});

const compared = (change: Partial<ResourceState>) =>
  differences(
    comparable(environment("dev", "vpc-0123456789abcdef0"), "dev"),
    comparable(environment("pr-7", "vpc-00000000000000007", change), "pr-7"),
  );

describe("two environments", () => {
  it("are the same but for what AWS and the suffix call them", () => {
    expect(compared({})).toEqual([]);
  });

  const place = urn("<suffix>", "aws:ec2/subnet:Subnet", "data-1");

  it.each<[string, Partial<ResourceState>, string]>([
    ["an input", { inputs: { vpcId: "vpc-other" } }, `${place}.inputs.vpcId: "<aws:ec2/vpc:Vpc vpc>", "vpc-other"`],
    [
      "an output",
      { outputs: { vpcId: "vpc-00000000000000007", mapPublicIpOnLaunch: true } },
      `${place}.outputs.mapPublicIpOnLaunch: undefined, true`,
    ],
    [
      "a dependency",
      { dependencies: [] },
      `${place}.dependencies: ["${urn("<suffix>", "aws:ec2/vpc:Vpc", "vpc")}"], undefined`,
    ],
  ])("differ by %s", (_, change, difference) => {
    expect(compared(change)).toEqual([difference]);
  });

  it("are the same however the provider sums up the rules of a security group", () => {
    const group = (ingress: object[]) => {
      const type = "aws:ec2/securityGroup:SecurityGroup";
      return comparable({ resources: [{ urn: urn("dev", type, "redis"), type, outputs: { ingress } }] }, "dev");
    };
    const rule = { protocol: "tcp", fromPort: 6379, toPort: 6379 };
    const summedUp = group([{ ...rule, self: true, securityGroups: ["sg-a", "sg-b"], cidrBlocks: ["10.0.0.0/16"] }]);
    const [a, b] = [
      { ...rule, securityGroups: ["sg-b"] },
      { ...rule, self: true, securityGroups: ["sg-a"] },
    ];
    expect(differences(summedUp, group([a, b, { ...rule, cidrBlocks: ["10.0.0.0/16"] }]))).toEqual([]);
    expect(differences(summedUp, group([a, b, { ...rule, cidrBlocks: ["10.0.0.0/8"] }]))).toHaveLength(1);
    expect(differences(summedUp, group([a, { ...rule, cidrBlocks: ["10.0.0.0/16"] }]))).toHaveLength(1);
  });

  it("are the same whatever number AWS gives to a task definition", () => {
    const type = "aws:ecs/taskDefinition:TaskDefinition";
    const definition = (revision: number, family = "analytics-dev") => {
      const arn = `arn:aws:ecs:eu-west-1:123456789012:task-definition/${family}:${revision}`;
      return comparable({ resources: [{ urn: urn("dev", type, "tasks"), type, outputs: { arn, revision } }] }, "dev");
    };
    expect(differences(definition(1), definition(2))).toEqual([]);
    expect(differences(definition(1), definition(1, "another"))).toHaveLength(1);
  });

  it("differ by a resource, by one that is to be deleted, and by operations that are pending", () => {
    const whole = environment("dev", "vpc-0123456789abcdef0");
    const [vpc, subnet] = whole.resources ?? [];
    if (!vpc || !subnet) throw new Error("the environment has two resources");
    const other = {
      resources: [vpc, { ...subnet, delete: true }],
      pending_operations: [{ type: "creating", resource: subnet }],
    };
    const found = differences(comparable(whole, "dev"), comparable(other, "dev"));
    expect(found.map((line) => line.split(": ")[0])).toEqual(["pending operations", place, `${place} (to be deleted)`]);
  });
});

describe("points of an operation", () => {
  const event = (kind: string, op: string, type: string) => JSON.stringify({ [kind]: { metadata: { op, type } } });

  it("are the beginnings and ends of work on resources in AWS", () => {
    const log = [
      event("resourcePreEvent", "create", "tap:network:Vpc"),
      event("resourcePreEvent", "same", "aws:ec2/vpc:Vpc"),
      event("resourcePreEvent", "create", "aws:ec2/vpc:Vpc"),
      event("resOutputsEvent", "create", "aws:ec2/vpc:Vpc"),
      JSON.stringify({ diagnosticEvent: { message: "create" } }),
      event("resourcePreEvent", "update", "aws:kms/key:Key").slice(0, -4),
    ].join("\n");
    expect(workEvents(log)).toBe(2);
  });

  it("are spread from the first event to before the last", () => {
    expect(spread(4, 100)).toEqual([1, 25, 50, 75]);
    expect(spread(1, 100)).toEqual([1]);
  });
});
