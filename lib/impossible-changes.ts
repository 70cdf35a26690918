import { type EnvironmentConfig } from "./config";
import { losses } from "./data-loss";
import { type LivingDatabase, type LivingEnvironment } from "./previous-deployment";

/** A key, and why its value is refused. */
export type Reason = readonly [key: keyof EnvironmentConfig, reason: string];

const wayOut = "make a new environment, in a stack of its own, or destroy this one first";

/** What in a configuration a living environment cannot become: AWS would refuse halfway, or everything would be replaced. */
export function impossibleChanges(config: EnvironmentConfig, living: LivingEnvironment | undefined): Reason[] {
  if (!living) return [];
  const { environmentSuffix, region, vpcCidr, availabilityZoneCount, auditTrail, database } = living;
  const reasons: (Reason | false)[] = [
    config.environmentSuffix !== environmentSuffix && [
      "environmentSuffix",
      `must stay ${environmentSuffix}, as every name ends with it: ${wayOut}`,
    ],
    config.region !== region && ["region", `must stay ${region}, where the data is: ${wayOut}`],
    config.vpcCidr !== vpcCidr && [
      "vpcCidr",
      `must stay ${vpcCidr}, as data stores cannot move to another VPC: ${wayOut}`,
    ],
    config.availabilityZoneCount < availabilityZoneCount && [
      "availabilityZoneCount",
      `must not go below ${availabilityZoneCount}, as AWS takes no subnet from data stores: ${wayOut}`,
    ],
    auditTrail &&
      !config.auditTrail &&
      !config.allowDataLoss.includes("trail") && [
        "auditTrail",
        `must stay true, unless allowDataLoss names trail: ${losses.trail} would be lost`,
      ],
    ...(database ? databaseChanges(config, database) : []),
  ];
  return reasons.filter((reason) => reason !== false);
}

function databaseChanges(
  { databaseEngineVersion, databaseMaxAllocatedStorage }: EnvironmentConfig,
  { engineVersion, actualEngineVersion, allocatedStorage }: LivingDatabase,
): (Reason | false)[] {
  return [
    // What has not changed is left alone, whatever AWS has made of it since.
    databaseEngineVersion !== engineVersion &&
      isOlder(databaseEngineVersion, actualEngineVersion) && [
        "databaseEngineVersion",
        `must not go below ${actualEngineVersion}, which the database has: AWS does not take a version back`,
      ],
    databaseMaxAllocatedStorage < allocatedStorage && [
      "databaseMaxAllocatedStorage",
      `must not go below ${allocatedStorage}, which the database has grown to: AWS does not take storage back`,
    ],
  ];
}

/** Whether a version is below another, as far as it says: 17 is not below 17.4. */
function isOlder(version: string, other: string): boolean {
  const others = other.split(".").map(Number);
  const parts = version.split(".").map(Number);
  const different = parts.findIndex((part, index) => part !== others[index]);
  return (parts[different] ?? 0) < (others[different] ?? 0);
}
