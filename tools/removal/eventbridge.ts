import {
  DeleteRuleCommand,
  EventBridgeClient,
  ListTargetsByRuleCommand,
  RemoveTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { unlessGone } from "./refusals";
import type { Removals } from "./removal";

export const eventBridge: Removals<"aws:cloudwatch/eventRule:EventRule"> = (config) => {
  const client = new EventBridgeClient(config);
  return {
    "aws:cloudwatch/eventRule:EventRule": async ({ id }) => {
      const { Targets = [] } = await client.send(new ListTargetsByRuleCommand({ Rule: id }));
      const Ids = Targets.map((target) => target.Id ?? "");
      if (Ids.length > 0) await unlessGone(client.send(new RemoveTargetsCommand({ Rule: id, Ids })));
      await client.send(new DeleteRuleCommand({ Name: id }));
    },
  };
};
