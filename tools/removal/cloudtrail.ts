import { CloudTrailClient, DeleteTrailCommand } from "@aws-sdk/client-cloudtrail";
import type { Removals } from "./removal";

export const cloudTrail: Removals<"aws:cloudtrail/trail:Trail"> = (config) => {
  const client = new CloudTrailClient(config);
  return { "aws:cloudtrail/trail:Trail": ({ id: Name }) => client.send(new DeleteTrailCommand({ Name })) };
};
