import { APIGatewayClient, type RestApi } from "@aws-sdk/client-api-gateway";
import {
  CloudWatchLogsClient,
  DescribeQueryDefinitionsCommand,
  ListTagsForResourceCommand,
  paginateDescribeLogGroups,
} from "@aws-sdk/client-cloudwatch-logs";
import { serviceLogGroups } from "../../lib/naming";
import { restApis } from "./api-gateway";
import { askEach, collect, collectByToken, type Inventory } from "./inventory";

export const logs: Inventory = async (config) => {
  const client = new CloudWatchLogsClient(config);
  const groups = await collect(paginateDescribeLogGroups({ client }, {}), (page) => page.logGroups);
  const queries = await collectByToken(async (nextToken) => {
    const page = await client.send(new DescribeQueryDefinitionsCommand({ nextToken }));
    return { items: page.queryDefinitions, next: page.nextToken };
  });
  const apis = await restApis(new APIGatewayClient(config));
  const tagged = await askEach(groups, async ({ arn = "", logGroupName = "" }) => {
    const { tags = {} } = await client.send(new ListTagsForResourceCommand({ resourceArn: arn.replace(/:\*$/, "") }));
    return {
      type: "aws:cloudwatch/logGroup:LogGroup" as const,
      id: logGroupName,
      names: [logGroupName],
      // A service that writes once more after its log group was deleted makes it again, without tags.
      ...(Object.keys(tags).length > 0 ? { tags } : { tags: apiOf(logGroupName, apis)?.tags, inheritsTags: true }),
    };
  });
  return [
    ...tagged,
    ...queries.map(({ queryDefinitionId = "", name }) => ({
      type: "aws:cloudwatch/queryDefinition:QueryDefinition" as const,
      id: queryDefinitionId,
      names: [name],
      tags: undefined,
    })),
  ];
};

/** The API whose requests a log group tells. Its stage's name does not tell whose it is: `dev` is everybody's. */
function apiOf(logGroupName: string, apis: RestApi[]): RestApi | undefined {
  return apis.find(({ id = "" }) => logGroupName.startsWith(serviceLogGroups.apiExecution(id, "")));
}
