import { CloudTrailClient, ListTagsCommand, paginateListTrails } from "@aws-sdk/client-cloudtrail";
import { askEach, collect, type Inventory, tagRecord } from "./inventory";

export const cloudTrail: Inventory = async (config, { accountId }) => {
  const client = new CloudTrailClient(config);
  const trails = await collect(paginateListTrails({ client }, {}), (page) => page.Trails);
  // Trails of other regions are listed as well, and the organization's, of another account, whose tags CloudTrail does not tell.
  const own = trails.filter(
    ({ HomeRegion, TrailARN = "" }) => HomeRegion === config.region && TrailARN.split(":")[4] === accountId,
  );
  return askEach(own, async ({ TrailARN = "", Name }) => {
    const { ResourceTagList } = await client.send(new ListTagsCommand({ ResourceIdList: [TrailARN] }));
    const tags = tagRecord(ResourceTagList?.flatMap(({ TagsList = [] }) => TagsList));
    return { type: "aws:cloudtrail/trail:Trail" as const, id: TrailARN, names: [Name], tags };
  });
};
