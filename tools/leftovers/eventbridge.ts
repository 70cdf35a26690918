import {
  EventBridgeClient,
  ListRulesCommand,
  ListTagsForResourceCommand,
  type Rule,
} from "@aws-sdk/client-eventbridge";
import { collect, type Inventory, tagRecord } from "./inventory";

export const eventBridge: Inventory = async (config) => {
  const client = new EventBridgeClient(config);
  const rules = await collect(pages(client), (page) => page);
  return Promise.all(
    rules.map(async ({ Arn, Name = "" }) => {
      const { Tags } = await client.send(new ListTagsForResourceCommand({ ResourceARN: Arn }));
      return { type: "aws:cloudwatch/eventRule:EventRule" as const, id: Name, names: [Name], tags: tagRecord(Tags) };
    }),
  );
};

async function* pages(client: EventBridgeClient): AsyncGenerator<Rule[]> {
  let NextToken: string | undefined;
  do {
    const page = await client.send(new ListRulesCommand({ NextToken }));
    yield page.Rules ?? [];
    NextToken = page.NextToken;
  } while (NextToken);
}
