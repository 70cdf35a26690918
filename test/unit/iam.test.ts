import * as pulumi from "@pulumi/pulumi";
import { createServiceRole, lambdaTrust, policyDocument, resolveStatements, serviceTrust } from "../../lib/iam";
import { environment, roleOf } from "./fixtures";
import { counts, only, record } from "./recorder";

describe("a policy document", () => {
  it("is of the current version of the policy language", () => {
    expect(JSON.parse(policyDocument([{ Effect: "Deny", Principal: "*", Action: "s3:GetObject" }]))).toEqual({
      Version: "2012-10-17",
      Statement: [{ Effect: "Deny", Principal: "*", Action: "s3:GetObject" }],
    });
  });

  it("of trust lets one service in, for this account only", () => {
    expect(JSON.parse(serviceTrust("ecs-tasks.amazonaws.com", "123456789012"))).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "ecs-tasks.amazonaws.com" },
          Action: "sts:AssumeRole",
          Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
        },
      ],
    });
    expect(JSON.parse(lambdaTrust)).toEqual({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
    });
  });
});

describe("a service's role", () => {
  it("has one managed policy, and none inside it", async () => {
    const allowed = { Effect: "Allow", Action: "kms:Decrypt", Resource: pulumi.output("arn:key") } as const;
    const recorded = await record(() => {
      const parent = new pulumi.ComponentResource("tap:test:Parent", "parent");
      createServiceRole(parent, "work", {
        environment,
        type: "ecs-task",
        trust: lambdaTrust,
        statements: resolveStatements([allowed]),
      });
      return parent;
    });
    expect(counts(recorded)).toEqual({
      "aws:iam/role:Role": 1,
      "aws:iam/policy:Policy": 1,
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment": 1,
    });
    expect(roleOf(recorded, "work").allowed).toEqual([{ Effect: "Allow", Action: "kms:Decrypt", Resource: "arn:key" }]);
    expect(recorded.find(({ type }) => type === "aws:iam/role:Role")?.inputs).toEqual({
      name: "ecs-task-pr-7",
      assumeRolePolicy: lambdaTrust,
    });
    expect(Object.keys(recorded.find(({ type }) => type === "aws:iam/policy:Policy")?.inputs ?? {}).sort()).toEqual([
      "name",
      "policy",
    ]);
  });

  it("is limited by the environment's permissions boundary", async () => {
    const recorded = await record(() => {
      const parent = new pulumi.ComponentResource("tap:test:Parent", "parent");
      const limited = { ...environment, permissionsBoundary: "arn:limits" };
      createServiceRole(parent, "work", { environment: limited, type: "ecs-task", trust: lambdaTrust, statements: [] });
      return parent;
    });
    expect(only(recorded, "aws:iam/role:Role").inputs.permissionsBoundary).toBe("arn:limits");
  });
});
