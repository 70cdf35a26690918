/** Where an environment lives; plain values, known before anything is created. */
export interface Environment {
  /** Validated suffix; ends every physical name. */
  environmentSuffix: string;
  /** Region code, for example eu-west-1. */
  region: string;
  /** Twelve digits. */
  accountId: string;
  /** `aws`, or the partition of China or GovCloud. */
  partition: string;
  /** ARN of the policy that limits every role; none unless given. */
  permissionsBoundary?: string;
}

/** ARN of something in this environment's account and region. */
export function regionalArn({ partition, region, accountId }: Environment, service: string, resource: string): string {
  return `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
}
