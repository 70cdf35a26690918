import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../tools/cli";
import { authorizationsOf, type Operation } from "../../tools/operations/authorizations";
import { readRequired } from "../../tools/operations/required";

/** What IAM is asked where the provider asks for an operation. */
const asked = (service: string, operation: string, parameters: Operation["parameters"]) =>
  authorizationsOf({ caller: "provider", service, operation, request: "POST /", parameters }).map(
    ({ action, resource }) => `${action} ${resource}`,
  );

describe("what IAM is asked", () => {
  it("is about the version of a function that is invoked, where one is named", () => {
    const migration = "lambda:InvokeFunction arn:aws:lambda:eu-west-1:123456789012:function:schema-migration-dev";
    const FunctionName = "schema-migration-dev";
    expect(asked("lambda", "Invoke", { FunctionName })).toEqual([migration]);
    expect(asked("lambda", "Invoke", { FunctionName, Qualifier: "$LATEST" })).toEqual([`${migration}:$LATEST`]);
  });

  it("is about all alarms where composite ones are made or described", () => {
    expect(asked("cloudwatch", "PutCompositeAlarm", { AlarmName: "page-api-dev" })).toEqual([
      "cloudwatch:TagResource arn:aws:cloudwatch:eu-west-1:123456789012:alarm:page-api-dev",
      "cloudwatch:PutCompositeAlarm *",
    ]);
    expect(asked("cloudwatch", "DescribeAlarms", { AlarmNames: ["page-api-dev"] })).toEqual([
      "cloudwatch:DescribeAlarms *",
    ]);
    expect(asked("cloudwatch", "DeleteAlarms", { AlarmNames: ["page-api-dev"] })).toEqual([
      "cloudwatch:DeleteAlarms arn:aws:cloudwatch:eu-west-1:123456789012:alarm:page-api-dev",
    ]);
  });
});

describe("what the local AWS has noted", () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tap-authorizations-"));
    file = join(folder, "operations.jsonl");
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const note = (...operations: [service: string, operation: string, parameters: Operation["parameters"]][]) => {
    const lines = operations.map(([service, operation, parameters]) =>
      JSON.stringify({ caller: "provider", service, operation, request: "POST /", parameters }),
    );
    writeFileSync(file, `${lines.join("\n")}\n`);
  };

  it("is nothing before anything was asked", () => {
    expect(() => readRequired(file, ["dev"])).toThrow(
      new UserError(`The local AWS has noted nothing yet: ${file} does not exist. Deploy first: npm run local`),
    );
  });

  it("is told under the name of an example, whichever environment it was asked for", () => {
    note(
      ["lambda", "GetFunction", { FunctionName: "records-dev" }],
      ["lambda", "CreateFunction", { FunctionName: "records-anna-dev", Tags: { Environment: "anna-dev" } }],
    );
    expect(readRequired(file, ["dev", "anna-dev"]).deployment).toEqual([
      "lambda:CreateFunction arn:aws:lambda:eu-west-1:123456789012:function:records-pr-7",
      "lambda:GetFunction arn:aws:lambda:eu-west-1:123456789012:function:records-pr-7",
      "lambda:TagResource arn:aws:lambda:eu-west-1:123456789012:function:records-pr-7",
    ]);
  });

  it.each<[string, string, string, Operation["parameters"]]>([
    ["a map", "lambda", "CreateFunction", { FunctionName: "records-anna-dev", Tags: { Environment: "anna-dev" } }],
    ["keys and values", "sns", "CreateTopic", { Tags: [{ Key: "Environment", Value: "anna-dev" }] }],
    ["KMS", "kms", "CreateKey", { Tags: [{ TagKey: "Environment", TagValue: "anna-dev" }] }],
    ["ECS", "ecs", "CreateCluster", { tags: [{ key: "Environment", value: "anna-dev" }] }],
    ["EC2", "ec2", "CreateVpc", { TagSpecifications: [{ Tags: [{ Key: "Environment", Value: "anna-dev" }] }] }],
  ])("is not taken for what was asked for one of two environments: tags as in %s", (_, ...operation) => {
    note(["lambda", "TagResource", { Tags: { Environment: "dev" } }], operation);
    expect(() => readRequired(file, ["dev"])).toThrow(
      new UserError(
        `${file} is about anna-dev and dev, and not about dev alone. Name all of them: npm run authorizations -- --suffix anna-dev dev`,
      ),
    );
  });
});
