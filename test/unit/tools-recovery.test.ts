import type { ResourceState } from "../../tools/engine";
import type { Found, FoundType } from "../../tools/leftovers/inventory";
import { adopt } from "../../tools/recovery";

const created = (type: string, name: string, inputs: Record<string, unknown>): ResourceState => ({
  urn: `urn:pulumi:dev::tap::${type}::${name}`,
  type,
  inputs,
});
const existing = (type: FoundType, id: string, ...names: string[]): Found => ({ type, id, names, tags: {} });

const subnet = "aws:ec2/subnet:Subnet";
const rule = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const database = "aws:rds/instance:Instance";

it("adopts what a killed engine was creating by its type and physical name", () => {
  const one = created(subnet, "data-1", { tags: { Name: "subnet-data-1-dev" } });
  const other = created(database, "postgres", { identifier: "rds-postgres-dev" });
  expect(
    adopt(
      [one, other],
      [
        existing(subnet, "subnet-2", "subnet-data-2-dev"),
        existing(subnet, "subnet-1", "subnet-data-1-dev"),
        existing(database, "rds-postgres-dev", "rds-postgres-dev"),
      ],
      [],
    ),
  ).toEqual([
    { ...one, id: "subnet-1", outputs: one.inputs },
    { ...other, id: "rds-postgres-dev", outputs: other.inputs },
  ]);
});

it("gives each of those without a name one that nobody has", () => {
  const [first, second, third] = ["a", "b", "c"].map((name) => created(rule, name, {}));
  const known = { ...created(rule, "known", {}), id: "sgr-1" };
  expect(
    adopt(
      [first, second, third].filter((resource) => resource !== undefined),
      [existing(rule, "sgr-1"), existing(rule, "sgr-2"), existing(rule, "sgr-3")],
      [known],
    ),
  ).toEqual([
    { ...first, id: "sgr-2", outputs: {} },
    { ...second, id: "sgr-3", outputs: {} },
  ]);
});

it.each([
  ["aws:apigateway/stage:Stage", { restApi: "a1b2c3", stageName: "dev" }, "ag-a1b2c3-dev"],
  [
    "aws:cognito/resourceServer:ResourceServer",
    { userPoolId: "eu-west-1_a", identifier: "records" },
    "eu-west-1_a|records",
  ],
  ["aws:cognito/userPoolDomain:UserPoolDomain", { domain: "records-sign-in-dev" }, "records-sign-in-dev"],
  ["aws:ec2/route:Route", { routeTableId: "rtb-1", destinationCidrBlock: "0.0.0.0/0" }, "rtb-1_0.0.0.0/0"],
])("leaves it to the refresh whether a %s exists", (type, inputs, id) => {
  const resource = created(type, "it", inputs);
  expect(adopt([resource], [], [])).toEqual([{ ...resource, id, outputs: inputs }]);
});

it("forgets what did not come to exist", () => {
  expect(adopt([created(database, "postgres", { identifier: "rds-postgres-dev" })], [], [])).toEqual([]);
});
