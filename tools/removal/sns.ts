import { DeleteTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import type { Removals } from "./removal";

export const sns: Removals<"aws:sns/topic:Topic"> = (config) => {
  const client = new SNSClient(config);
  return {
    // Its subscriptions go with it.
    "aws:sns/topic:Topic": ({ id: TopicArn }) => client.send(new DeleteTopicCommand({ TopicArn })),
  };
};
