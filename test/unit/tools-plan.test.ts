import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { repository } from "../../tools/paths";
import { planTree, treeText } from "../../tools/plan/tree";
import { type Program, register } from "../../tools/program";

/** A resource of any type. */
class Resource extends pulumi.CustomResource {}

class Network extends pulumi.ComponentResource {
  constructor(suffix: string) {
    super("tap:network:Network", "network");
    const parent = { parent: this };
    const vpc = new Resource("aws:ec2/vpc:Vpc", "vpc", { tags: { Name: `vpc-${suffix}` } }, parent);
    for (const index of [2, 1]) {
      const tags = { Name: `subnet-data-${index}-${suffix}` };
      new Resource("aws:ec2/subnet:Subnet", `data-${index}`, { vpcId: vpc.id, tags }, parent);
    }
    new Resource("aws:cloudwatch/logGroup:LogGroup", "logs", { name: pulumi.interpolate`/of/${vpc.id}` }, parent);
  }
}

const program: Program = () => {
  new Network(new pulumi.Config().require("suffix"));
  return Promise.resolve({});
};

const run = (of: Program) =>
  register(of, {
    project: "tap",
    stack: "dev",
    configuration: { "tap:suffix": "pr-7" },
    calls: ({ token }) => {
      throw new Error(token);
    },
  });

const stack = "urn:pulumi:dev::tap::pulumi:pulumi:Stack::tap-dev";
const component = "urn:pulumi:dev::tap::pulumi:pulumi:Stack$tap:network:Network::network";
const child = (type: string, name: string) => `urn:pulumi:dev::tap::tap:network:Network$${type}::${name}`;
const vpc = child("aws:ec2/vpc:Vpc", "vpc");

describe("the plan", () => {
  it("has every resource with its parent, physical name and dependencies, in stable order", async () => {
    const subnet = (index: number) => ({
      urn: child("aws:ec2/subnet:Subnet", `data-${index}`),
      type: "aws:ec2/subnet:Subnet",
      name: `data-${index}`,
      physicalName: `subnet-data-${index}-pr-7`,
      parent: component,
      dependencies: [vpc],
    });
    expect(planTree(await run(program))).toEqual({
      resources: [
        { urn: component, type: "tap:network:Network", name: "network", parent: stack, dependencies: [] },
        { urn: stack, type: "pulumi:pulumi:Stack", name: "tap-dev", parent: "", dependencies: [] },
        {
          urn: child("aws:cloudwatch/logGroup:LogGroup", "logs"),
          type: "aws:cloudwatch/logGroup:LogGroup",
          name: "logs",
          physicalName: "/of/<vpc>",
          parent: component,
          dependencies: [vpc],
        },
        subnet(1),
        subnet(2),
        {
          urn: vpc,
          type: "aws:ec2/vpc:Vpc",
          name: "vpc",
          physicalName: "vpc-pr-7",
          parent: component,
          dependencies: [],
        },
      ],
      counts: { "aws:cloudwatch/logGroup:LogGroup": 1, "aws:ec2/subnet:Subnet": 2, "aws:ec2/vpc:Vpc": 1 },
      total: 4,
    });
  });

  it("is printed as a tree, with the counts below", async () => {
    expect(treeText(planTree(await run(program)))).toEqual([
      "pulumi:pulumi:Stack  tap-dev",
      "  tap:network:Network  network",
      '    aws:cloudwatch:LogGroup  logs  "/of/<vpc>"  <- Vpc vpc',
      '    aws:ec2:Subnet  data-1  "subnet-data-1-pr-7"  <- Vpc vpc',
      '    aws:ec2:Subnet  data-2  "subnet-data-2-pr-7"  <- Vpc vpc',
      '    aws:ec2:Vpc  vpc  "vpc-pr-7"',
      "",
      "1  aws:cloudwatch:LogGroup",
      "2  aws:ec2:Subnet",
      "1  aws:ec2:Vpc",
      "4  in total",
    ]);
  });

  it("hands on the error of a program that refuses its configuration", async () => {
    await expect(run(() => Promise.reject(new pulumi.RunError("two mistakes")))).rejects.toThrow("two mistakes");
  });
});

it("is data or a page, not one of the two without a word about the other", () => {
  const folder = mkdtempSync(join(tmpdir(), "tap-plan-"));
  try {
    const { status, stderr, stdout } = spawnSync(
      process.execPath,
      ["--import", "tsx", "tools/plan.ts", "--json", "--html", join(folder, "plan.html")],
      { cwd: repository, encoding: "utf8" },
    );
    expect(stderr).toContain("option '--html <file>' cannot be used with option '--json'");
    expect({ status, stdout, written: readdirSync(folder) }).toEqual({ status: 1, stdout: "", written: [] });
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
