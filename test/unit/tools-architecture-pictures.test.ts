import { readFileSync } from "node:fs";
import { join } from "node:path";
import "./mocked-bundle";
import { componentArrows, networkArrows, withPictures } from "../../tools/architecture-pictures";
import type { Registered } from "../../tools/program";
import { registeredBy } from "./registered";

const resource = (
  type: string,
  name: string,
  parent: string,
  inputs = {},
  dependencies: string[] = [],
): Registered => ({
  urn: `${type}::${name}`,
  type,
  name,
  parent,
  custom: !type.startsWith("tap:"),
  inputs,
  references: {},
  dependencies,
});

describe("the pictures of the architecture", () => {
  it("are up to date (npm run docs)", async () => {
    const { resources } = await registeredBy("dev");
    const document = readFileSync(join(__dirname, "../../docs/architecture.md"), "utf8");
    expect(withPictures(document, resources)).toBe(document);
  });

  it("have an arrow from each component to those that it needs something of, once", () => {
    const root = "tap:stack:TapStack::tap";
    const key = "aws:kms/key:Key::database";
    expect(
      componentArrows([
        resource("tap:stack:TapStack", "tap", "stack"),
        resource("tap:security:Kms", "kms", root),
        resource("aws:kms/key:Key", "database", "tap:security:Kms::kms"),
        resource("aws:kms/alias:Alias", "database", "tap:security:Kms::kms", {}, [key]),
        resource("tap:database:Rds", "rds", root),
        resource("aws:rds/instance:Instance", "postgres", "tap:database:Rds::rds", {}, [key]),
        resource("aws:rds/subnetGroup:SubnetGroup", "postgres", "tap:database:Rds::rds", {}, [key]),
      ]),
    ).toEqual(["rds --> kms"]);
  });

  it("have an arrow for each way that a security group may go", () => {
    const egress = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
    const from = { securityGroupId: "<service>" };
    expect(
      networkArrows([
        resource("aws:ec2/securityGroup:SecurityGroup", "service", ""),
        resource("aws:ec2/securityGroup:SecurityGroup", "redis", ""),
        resource(egress, "a", "", { ...from, referencedSecurityGroupId: "<redis>", fromPort: 6379 }),
        resource(egress, "b", "", { ...from, cidrIpv4: "0.0.0.0/0", fromPort: 443 }),
        resource(egress, "c", "", { ...from, prefixListId: "pl-1", fromPort: 443 }),
      ]),
    ).toEqual(['service -->|443| AWS_APIs["AWS APIs, by NAT"]', "service -->|443| S3", "service -->|6379| redis"]);
  });
});
