import { ListTagsForResourceCommand, paginateListTopics, SNSClient } from "@aws-sdk/client-sns";
import { askEach, collect, type Inventory, tagRecord } from "./inventory";

export const sns: Inventory = async (config) => {
  const client = new SNSClient(config);
  const topics = await collect(paginateListTopics({ client }, {}), (page) => page.Topics);
  return askEach(topics, async ({ TopicArn = "" }) => {
    const { Tags } = await client.send(new ListTagsForResourceCommand({ ResourceArn: TopicArn }));
    const name = TopicArn.split(":").at(-1);
    return { type: "aws:sns/topic:Topic" as const, id: TopicArn, names: [name], tags: tagRecord(Tags) };
  });
};
