import type { ResourceOutputs } from "../../lib/previous-deployment";

const zones = ["1", "2", "3"];

/** By type, logical name and outputs. */
const resources: [string, string, Record<string, unknown>][] = [
  ["pulumi:pulumi:Stack", "tap-dev", {}],
  [
    "aws:ec2/vpc:Vpc",
    "vpc",
    {
      arn: "arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-1",
      cidrBlock: "10.0.0.0/16",
      tags: { Name: "vpc-dev" },
    },
  ],
  ...["public", "private", "data"].flatMap((tier) =>
    zones.map((zone): [string, string, object] => ["aws:ec2/subnet:Subnet", `${tier}-${zone}`, {}]),
  ),
  ["aws:rds/instance:Instance", "postgres", { engineVersion: "17", engineVersionActual: "17.6", allocatedStorage: 90 }],
  ["aws:s3/bucket:Bucket", "trail", {}],
  ["aws:elasticache/replicationGroup:ReplicationGroup", "redis", { authToken: "the first token" }],
];

/** What the engine knows of the environment `dev`, in three zones, as far as the program looks, and some of what it does not look at. */
export const livingEnvironment: ResourceOutputs = Object.fromEntries(
  resources.map(([type, name, outputs]) => [
    `urn:pulumi:dev::tap::tap:stack:TapStack$${type}::${name}`,
    { type, outputs },
  ]),
);
