import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { UserError } from "../cli";
import type { ClientConfig } from "../leftovers/inventory";
import type { ResourceState } from "../stack-commands";

/**
 * Refuses the credentials of an account that is not the stack's: nothing of the stack exists there, so a refresh would drop all of it from the state.
 * A local AWS is such an account, too. Nothing is refused as long as the state has no ARN.
 */
export async function refuseOtherAccount(
  stack: string,
  resources: ResourceState[],
  config: ClientConfig,
): Promise<void> {
  const own = accountOf(resources);
  if (own === undefined) return;
  const { Account } = await new STSClient(config).send(new GetCallerIdentityCommand());
  if (Account === own) return;
  throw new UserError(
    [
      `"${stack}" is in the account ${own}, and these credentials are of the account ${Account}. Nothing has been changed.`,
      "Sign in to the stack's account, with AWS_ENDPOINT_URL unset unless the stack is in a local AWS, and run the same command again.",
    ].join("\n"),
  );
}

/** The account that the ARNs of a state name; those of buckets and of AWS's own policies name none. */
export function accountOf(resources: ResourceState[]): string | undefined {
  return resources
    .map(({ outputs }) => /^arn:[^:]+:[^:]+:[^:]*:(\d{12}):/.exec(String(outputs?.arn))?.[1])
    .find(Boolean);
}
