import { ListTagsForResourceCommand, ListWebACLsCommand, WAFV2Client, type WebACLSummary } from "@aws-sdk/client-wafv2";
import { collect, type Inventory, tagRecord } from "./inventory";

const Scope = "REGIONAL";

export const wafv2: Inventory = async (config) => {
  const client = new WAFV2Client(config);
  const acls = await collect(pages(client), (page) => page);
  return Promise.all(
    acls.map(async ({ ARN, Id = "", Name = "" }) => {
      const { TagInfoForResource } = await client.send(new ListTagsForResourceCommand({ ResourceARN: ARN }));
      const tags = tagRecord(TagInfoForResource?.TagList);
      return { type: "aws:wafv2/webAcl:WebAcl" as const, id: Id, names: [Name], tags };
    }),
  );
};

async function* pages(client: WAFV2Client): AsyncGenerator<WebACLSummary[]> {
  let NextMarker: string | undefined;
  do {
    const page = await client.send(new ListWebACLsCommand({ Scope, NextMarker }));
    yield page.WebACLs ?? [];
    NextMarker = page.NextMarker;
  } while (NextMarker);
}
