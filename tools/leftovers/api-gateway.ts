import {
  APIGatewayClient,
  paginateGetApiKeys,
  paginateGetRestApis,
  paginateGetUsagePlans,
} from "@aws-sdk/client-api-gateway";
import { collect, type Found, type Inventory } from "./inventory";

export const apiGateway: Inventory = async (config) => {
  const client = new APIGatewayClient(config);
  const found =
    (kind: string) =>
    ({ id = "", name, tags = {} }: { id?: string; name?: string; tags?: Record<string, string> }): Found => ({
      type: `aws:apigateway/${kind}`,
      id,
      names: [name],
      tags,
    });
  return (
    await Promise.all([
      collect(paginateGetRestApis({ client }, {}), (page) => page.items?.map(found("restApi:RestApi"))),
      collect(paginateGetUsagePlans({ client }, {}), (page) => page.items?.map(found("usagePlan:UsagePlan"))),
      collect(paginateGetApiKeys({ client }, {}), (page) => page.items?.map(found("apiKey:ApiKey"))),
    ])
  ).flat();
};
