import { DescribeRuleCommand, ListTargetsByRuleCommand } from "@aws-sdk/client-eventbridge";
import { arnOf, aws, nameOf, outputs } from "./stack";

const Name = nameOf("audit-delivery");

test("delivers the audit every minute", async () => {
  expect(await aws.eventBridge.send(new DescribeRuleCommand({ Name }))).toMatchObject({
    Name,
    Arn: arnOf("events", `rule/${Name}`),
    ScheduleExpression: "rate(1 minute)",
    State: "ENABLED",
  });
});

test("tells the operations' function what to do, and nobody else anything", async () => {
  expect(outputs.operationsFunctionName).toBe(nameOf("records-operations"));
  const { Targets } = await aws.eventBridge.send(new ListTargetsByRuleCommand({ Rule: Name }));
  expect(Targets).toEqual([
    {
      Id: "records-operations",
      Arn: arnOf("lambda", `function:${nameOf("records-operations")}`),
      Input: '{"command":"deliver-audit"}',
    },
  ]);
});
