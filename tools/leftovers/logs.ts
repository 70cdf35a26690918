import {
  CloudWatchLogsClient,
  DescribeQueryDefinitionsCommand,
  DescribeResourcePoliciesCommand,
  ListTagsForResourceCommand,
  paginateDescribeLogGroups,
  type QueryDefinition,
} from "@aws-sdk/client-cloudwatch-logs";
import { collect, type Inventory } from "./inventory";

export const logs: Inventory = async (config) => {
  const client = new CloudWatchLogsClient(config);
  const groups = await collect(paginateDescribeLogGroups({ client }, {}), (page) => page.logGroups);
  const { resourcePolicies = [] } = await client.send(new DescribeResourcePoliciesCommand({}));
  const queries = await collect(queryPages(client), (page) => page);
  const tagged = await Promise.all(
    groups.map(async ({ arn = "", logGroupName = "" }) => {
      const { tags = {} } = await client.send(new ListTagsForResourceCommand({ resourceArn: arn.replace(/:\*$/, "") }));
      return { type: "aws:cloudwatch/logGroup:LogGroup", id: logGroupName, names: [logGroupName], tags };
    }),
  );
  return [
    ...tagged,
    ...resourcePolicies.map(({ policyName = "" }) => ({
      type: "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
      id: policyName,
      names: [policyName],
      tags: {},
    })),
    ...queries.map(({ queryDefinitionId = "", name }) => ({
      type: "aws:cloudwatch/queryDefinition:QueryDefinition",
      id: queryDefinitionId,
      names: [name],
      tags: {},
    })),
  ];
};

async function* queryPages(client: CloudWatchLogsClient): AsyncGenerator<QueryDefinition[]> {
  let nextToken: string | undefined;
  do {
    const page = await client.send(new DescribeQueryDefinitionsCommand({ nextToken }));
    yield page.queryDefinitions ?? [];
    nextToken = page.nextToken;
  } while (nextToken);
}
