import { DescribeRuleCommand, ListTargetsByRuleCommand } from "@aws-sdk/client-eventbridge";
import { arnOf, aws, nameOf, outputs } from "./stack";

describe.each([
  { type: "audit-delivery", rate: "rate(1 minute)", command: "deliver-audit" },
  { type: "audit-verification", rate: "rate(1 day)", command: "verify-audit" },
] as const)("$type", ({ type, rate, command }) => {
  const Name = nameOf(type);

  test(`runs at a ${rate}`, async () => {
    expect(await aws.eventBridge.send(new DescribeRuleCommand({ Name }))).toMatchObject({
      Name,
      Arn: arnOf("events", `rule/${Name}`),
      ScheduleExpression: rate,
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
        Input: JSON.stringify({ command }),
      },
    ]);
  });
});
