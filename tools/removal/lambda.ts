import { DeleteFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { Removals } from "./removal";

export const lambda: Removals<"aws:lambda/function:Function"> = (config) => {
  const client = new LambdaClient(config);
  return {
    // Its permissions go with it.
    "aws:lambda/function:Function": ({ id: FunctionName }) => client.send(new DeleteFunctionCommand({ FunctionName })),
  };
};
