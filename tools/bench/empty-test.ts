import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Loads what a component's test loads, and tests nothing of ours. */
it("loads the SDK", () => {
  expect([typeof aws.ec2.Vpc, typeof pulumi.output]).toEqual(["function", "function"]);
});
