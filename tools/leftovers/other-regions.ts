import { GetPolicyCommand, GetPolicyVersionCommand, IAMClient } from "@aws-sdk/client-iam";
import { isGone } from "../removal/refusals";
import { askEach, asSweep, type ClientConfig, type Found } from "./inventory";

/**
 * Leaves out the roles and policies of an environment of the same suffix in another region: IAM has no regions, and to remove them would break what
 * runs there. Every policy of ours names what it allows in its own region, and has the name of its role.
 */
export async function withoutOtherRegions(config: ClientConfig, all: Found[]): Promise<Found[]> {
  const client = new IAMClient(asSweep(config));
  const elsewhere = new Set<string | undefined>();
  const policies = all.filter(({ type }) => type === "aws:iam/policy:Policy");
  await askEach(policies, async ({ id, names }) => {
    const regions = regionsIn(await documentOf(client, id));
    if (regions.length > 0 && !regions.includes(config.region)) elsewhere.add(names[0]);
  });
  return all.filter(({ names, type }) => !type.startsWith("aws:iam/") || !elsewhere.has(names[0]));
}

/** What a policy says; nothing where it has gone since it was listed. */
async function documentOf(client: IAMClient, PolicyArn: string): Promise<string> {
  try {
    const { Policy } = await client.send(new GetPolicyCommand({ PolicyArn }));
    const { PolicyVersion } = await client.send(
      new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId }),
    );
    return decodeURIComponent(PolicyVersion?.Document ?? "");
  } catch (error) {
    if (isGone(error)) return "";
    throw error;
  }
}

/** The regions of the ARNs in a policy document. */
export function regionsIn(document: string): string[] {
  const regions = [...document.matchAll(/arn:[\w-]+:[\w-]+:([a-z]{2}(?:-[a-z]+)+-\d+):/g)].map(
    ([, region = ""]) => region,
  );
  return [...new Set(regions)];
}
