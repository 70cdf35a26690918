import { CloudTrailClient, ListTagsCommand, paginateListTrails } from "@aws-sdk/client-cloudtrail";
import { collect, type Inventory, tagRecord } from "./inventory";

export const cloudTrail: Inventory = async (config) => {
  const client = new CloudTrailClient(config);
  const trails = await collect(paginateListTrails({ client }, {}), (page) => page.Trails);
  // Trails of other regions, and of the organization, are listed as well.
  const own = trails.filter(({ HomeRegion }) => HomeRegion === config.region);
  return Promise.all(
    own.map(async ({ TrailARN = "", Name }) => {
      const { ResourceTagList } = await client.send(new ListTagsCommand({ ResourceIdList: [TrailARN] }));
      const tags = tagRecord(ResourceTagList?.flatMap(({ TagsList = [] }) => TagsList));
      return { type: "aws:cloudtrail/trail:Trail" as const, id: TrailARN, names: [Name], tags };
    }),
  );
};
