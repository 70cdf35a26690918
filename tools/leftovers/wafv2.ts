import { ListTagsForResourceCommand, ListWebACLsCommand, WAFV2Client } from "@aws-sdk/client-wafv2";
import { askEach, collectByToken, type Inventory, tagRecord } from "./inventory";

const Scope = "REGIONAL";

export const wafv2: Inventory = async (config) => {
  const client = new WAFV2Client(config);
  const acls = await collectByToken(async (NextMarker) => {
    const page = await client.send(new ListWebACLsCommand({ Scope, NextMarker }));
    return { items: page.WebACLs, next: page.NextMarker };
  });
  return askEach(acls, async ({ ARN, Id = "", Name = "" }) => {
    const { TagInfoForResource } = await client.send(new ListTagsForResourceCommand({ ResourceARN: ARN }));
    const tags = tagRecord(TagInfoForResource?.TagList);
    return { type: "aws:wafv2/webAcl:WebAcl" as const, id: Id, names: [Name], tags };
  });
};
