import { LambdaClient, ListTagsCommand, paginateListFunctions } from "@aws-sdk/client-lambda";
import { askEach, collect, type Inventory } from "./inventory";

export const lambda: Inventory = async (config) => {
  const client = new LambdaClient(config);
  const functions = await collect(paginateListFunctions({ client }, {}), (page) => page.Functions);
  return askEach(functions, async ({ FunctionArn, FunctionName = "" }) => {
    const { Tags = {} } = await client.send(new ListTagsCommand({ Resource: FunctionArn }));
    return { type: "aws:lambda/function:Function" as const, id: FunctionName, names: [FunctionName], tags: Tags };
  });
};
