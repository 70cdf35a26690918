import {
  APIGatewayClient,
  paginateGetApiKeys,
  paginateGetRestApis,
  paginateGetUsagePlans,
  type RestApi,
} from "@aws-sdk/client-api-gateway";
import { collect, type FoundType, type Inventory } from "./inventory";

export const apiGateway: Inventory = async (config) => {
  const client = new APIGatewayClient(config);
  const found =
    (type: FoundType) =>
    ({ id = "", name, tags = {} }: { id?: string; name?: string; tags?: Record<string, string> }) => ({
      type,
      id,
      names: [name],
      tags,
    });
  return (
    await Promise.all([
      restApis(client).then((apis) => apis.map(found("aws:apigateway/restApi:RestApi"))),
      collect(paginateGetUsagePlans({ client }, {}), (page) =>
        page.items?.map(found("aws:apigateway/usagePlan:UsagePlan")),
      ),
      collect(paginateGetApiKeys({ client }, {}), (page) => page.items?.map(found("aws:apigateway/apiKey:ApiKey"))),
    ])
  ).flat();
};

export function restApis(client: APIGatewayClient): Promise<RestApi[]> {
  return collect(paginateGetRestApis({ client }, {}), (page) => page.items);
}
