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

it("cannot tell what was asked before anything was", () => {
  expect(() => readRequired("/nowhere/operations.jsonl", ["dev"])).toThrow(
    new UserError(
      "The local AWS has noted nothing yet: /nowhere/operations.jsonl does not exist. Deploy first: npm run local",
    ),
  );
});
