import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface LogGroupsArgs {
  /** Key whose policy admits this region's log service for the groups' names. */
  logsKeyArn: pulumi.Input<string>;
  /** Days; one of the values CloudWatch Logs accepts. */
  retentionInDays: number;
}

/**
 * Makes an encrypted, expiring log group as a child of a component. Made before the service that writes to it, which would otherwise
 * make its own: unencrypted, kept for ever, and left behind (AWS Config CLOUDWATCH_LOG_GROUP_ENCRYPTED).
 */
export function createLogGroup(
  parent: pulumi.Resource,
  name: string,
  physicalName: pulumi.Input<string>,
  { logsKeyArn, retentionInDays }: LogGroupsArgs,
  opts: pulumi.CustomResourceOptions = {},
): aws.cloudwatch.LogGroup {
  return new aws.cloudwatch.LogGroup(
    name,
    { name: physicalName, kmsKeyId: logsKeyArn, retentionInDays },
    { ...opts, parent },
  );
}
