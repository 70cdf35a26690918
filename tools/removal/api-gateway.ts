import {
  APIGatewayClient,
  DeleteApiKeyCommand,
  DeleteRestApiCommand,
  DeleteUsagePlanCommand,
  GetUsagePlanCommand,
  UpdateUsagePlanCommand,
} from "@aws-sdk/client-api-gateway";
import { unlessGone } from "./refusals";
import type { Removals } from "./removal";

export const apiGateway: Removals<
  "aws:apigateway/apiKey:ApiKey" | "aws:apigateway/restApi:RestApi" | "aws:apigateway/usagePlan:UsagePlan"
> = (config) => {
  const client = new APIGatewayClient(config);
  return {
    "aws:apigateway/apiKey:ApiKey": ({ id }) => client.send(new DeleteApiKeyCommand({ apiKey: id })),
    // Its stages, deployments and authorizers go with it.
    "aws:apigateway/restApi:RestApi": ({ id }) => client.send(new DeleteRestApiCommand({ restApiId: id })),
    "aws:apigateway/usagePlan:UsagePlan": async ({ id: usagePlanId }) => {
      const { apiStages = [] } = await client.send(new GetUsagePlanCommand({ usagePlanId }));
      if (apiStages.length > 0) {
        const patchOperations = apiStages.map(({ apiId, stage }) => ({
          op: "remove" as const,
          path: "/apiStages",
          value: `${apiId}:${stage}`,
        }));
        await unlessGone(client.send(new UpdateUsagePlanCommand({ usagePlanId, patchOperations })));
      }
      await client.send(new DeleteUsagePlanCommand({ usagePlanId }));
    },
  };
};
