import { EventBridgeClient, ListRulesCommand, ListTagsForResourceCommand } from "@aws-sdk/client-eventbridge";
import { askEach, collectByToken, type Inventory, tagRecord } from "./inventory";

export const eventBridge: Inventory = async (config) => {
  const client = new EventBridgeClient(config);
  const rules = await collectByToken(async (NextToken) => {
    const page = await client.send(new ListRulesCommand({ NextToken }));
    return { items: page.Rules, next: page.NextToken };
  });
  return askEach(rules, async ({ Arn, Name = "" }) => {
    const { Tags } = await client.send(new ListTagsForResourceCommand({ ResourceARN: Arn }));
    return { type: "aws:cloudwatch/eventRule:EventRule" as const, id: Name, names: [Name], tags: tagRecord(Tags) };
  });
};
