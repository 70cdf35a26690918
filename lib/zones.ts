import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Old zones in which AWS's newer services are not to be had, Lambda's functions and NAT gateways among them. */
const excludedZoneIds = ["use1-az3"];

/**
 * The first zones of the region by id, so that neither a zone that AWS adds later nor one that is impaired moves a subnet. Local and Wavelength zones, which must be opted into, are left out.
 * @throws RunError when the region has too few.
 */
export async function availabilityZoneIds(
  region: string,
  count: number,
  opts: pulumi.InvokeOptions,
): Promise<string[]> {
  const { zoneIds } = await aws.getAvailabilityZones(
    {
      filters: [{ name: "opt-in-status", values: ["opt-in-not-required"] }],
      excludeZoneIds: excludedZoneIds,
    },
    opts,
  );
  if (zoneIds.length < count) {
    throw new pulumi.RunError(
      `availabilityZoneCount: ${count} must be at most ${zoneIds.length}, the zones that this account has in ${region}`,
    );
  }
  return [...zoneIds].sort().slice(0, count);
}
