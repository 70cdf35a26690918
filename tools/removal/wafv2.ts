import {
  DeleteLoggingConfigurationCommand,
  DeleteWebACLCommand,
  DisassociateWebACLCommand,
  GetWebACLCommand,
  ListResourcesForWebACLCommand,
  WAFV2Client,
} from "@aws-sdk/client-wafv2";
import { unlessGone } from "./refusals";
import type { Removals } from "./removal";

const Scope = "REGIONAL";

export const wafv2: Removals<"aws:wafv2/webAcl:WebAcl"> = (config) => {
  const client = new WAFV2Client(config);
  return {
    "aws:wafv2/webAcl:WebAcl": async ({ id: Id, names: [Name] }) => {
      const { WebACL, LockToken } = await client.send(new GetWebACLCommand({ Name, Scope, Id }));
      const { ResourceArns = [] } = await client.send(
        new ListResourcesForWebACLCommand({ WebACLArn: WebACL?.ARN, ResourceType: "API_GATEWAY" }),
      );
      for (const ResourceArn of ResourceArns) {
        await unlessGone(client.send(new DisassociateWebACLCommand({ ResourceArn })));
      }
      await unlessGone(client.send(new DeleteLoggingConfigurationCommand({ ResourceArn: WebACL?.ARN })));
      await client.send(new DeleteWebACLCommand({ Name, Scope, Id, LockToken }));
    },
  };
};
