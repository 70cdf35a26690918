import {
  CloudWatchLogsClient,
  DeleteLogGroupCommand,
  DeleteQueryDefinitionCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import type { Removals } from "./removal";

export const logs: Removals<"aws:cloudwatch/logGroup:LogGroup" | "aws:cloudwatch/queryDefinition:QueryDefinition"> = (
  config,
) => {
  const client = new CloudWatchLogsClient(config);
  return {
    // Its metric filters go with it.
    "aws:cloudwatch/logGroup:LogGroup": ({ id: logGroupName }) =>
      client.send(new DeleteLogGroupCommand({ logGroupName })),
    "aws:cloudwatch/queryDefinition:QueryDefinition": ({ id: queryDefinitionId }) =>
      client.send(new DeleteQueryDefinitionCommand({ queryDefinitionId })),
  };
};
