import { GetPolicyCommand, GetPolicyVersionCommand, IAMClient } from "@aws-sdk/client-iam";
import type { ClientConfig, Found } from "../leftovers/inventory";

/**
 * Leaves out the roles and policies of an environment of the same suffix in another region: IAM has no regions, and to remove them would break what
 * runs there. Every policy of ours names what it allows in its own region, and has the name of its role.
 */
export async function withoutOtherRegions(config: ClientConfig, all: Found[]): Promise<Found[]> {
  const client = new IAMClient(config);
  const elsewhere = new Set<string | undefined>();
  for (const { id: PolicyArn, names } of all.filter(({ type }) => type === "aws:iam/policy:Policy")) {
    const { Policy } = await client.send(new GetPolicyCommand({ PolicyArn }));
    const { PolicyVersion } = await client.send(
      new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId }),
    );
    const regions = regionsIn(decodeURIComponent(PolicyVersion?.Document ?? ""));
    if (regions.length > 0 && !regions.includes(config.region)) elsewhere.add(names[0]);
  }
  return all.filter(({ names, type }) => !type.startsWith("aws:iam/") || !elsewhere.has(names[0]));
}

/** The regions of the ARNs in a policy document. */
export function regionsIn(document: string): string[] {
  const regions = [...document.matchAll(/arn:[\w-]+:[\w-]+:([a-z]{2}(?:-[a-z]+)+-\d+):/g)].map(
    ([, region = ""]) => region,
  );
  return [...new Set(regions)];
}
