import { EC2Client, type SecurityGroupRule, waitUntilNatGatewayAvailable } from "@aws-sdk/client-ec2";
import { ElastiCacheClient, waitUntilReplicationGroupAvailable } from "@aws-sdk/client-elasticache";
import { LambdaClient, waitUntilFunctionActiveV2 } from "@aws-sdk/client-lambda";
import { RDSClient, waitUntilDBInstanceAvailable } from "@aws-sdk/client-rds";
import type { ClientConfig } from "../leftovers/inventory";
import { isForbidden } from "../removal/refusals";
import { revoke, rulesOf } from "./security-group-rules";

/** Does the rest of what the provider does between the request that makes a resource and the end of its creation. */
type Settling = (id: string, config: ClientConfig) => Promise<unknown>;

/** Seconds: the provider's own limit for the slowest of them, an RDS instance. */
const maxWaitTime = 40 * 60;

/** Types that are not what the program asks for yet when the request that makes them is answered, and where a refresh cannot tell. */
export const settlings: Record<string, Settling> = {
  // Have an endpoint or an address only once they are available.
  "aws:rds/instance:Instance": (DBInstanceIdentifier, config) =>
    settled(new RDSClient(config), (waiter) => waitUntilDBInstanceAvailable(waiter, { DBInstanceIdentifier })),
  "aws:elasticache/replicationGroup:ReplicationGroup": (ReplicationGroupId, config) =>
    settled(new ElastiCacheClient(config), (waiter) =>
      waitUntilReplicationGroupAvailable(waiter, { ReplicationGroupId }),
    ),
  "aws:ec2/natGateway:NatGateway": (id, config) =>
    settled(new EC2Client(config), (waiter) => waitUntilNatGatewayAvailable(waiter, { NatGatewayIds: [id] })),
  "aws:lambda/function:Function": (FunctionName, config) =>
    settled(new LambdaClient(config), (waiter) => waitUntilFunctionActiveV2(waiter, { FunctionName })),
  "aws:ec2/securityGroup:SecurityGroup": closeSecurityGroup,
};

/** AWS lets everything out of a new group until the provider revokes that. All other rules stay: the group may have been there for long, with the program's own. */
async function closeSecurityGroup(id: string, config: ClientConfig): Promise<void> {
  await revoke((await rulesOf([id], config)).filter(letsEverythingOut), config);
}

function letsEverythingOut({ CidrIpv4, CidrIpv6, IpProtocol, IsEgress }: SecurityGroupRule): boolean {
  return IsEgress === true && IpProtocol === "-1" && (CidrIpv4 === "0.0.0.0/0" || CidrIpv6 === "::/0");
}

/** What a waiter is given of an SDK client, and what it is observed by. */
interface Client {
  middlewareStack: {
    add(
      observe: <Input, Answer>(send: (request: Input) => Promise<Answer>) => (request: Input) => Promise<Answer>,
      options: { step: "initialize" },
    ): void;
  };
}

/**
 * Waits by one of the SDK's waiters. By itself it would take every error that it does not know for a reason to ask again, up to its end.
 * @throws AWS's refusal, as soon as there is one that no waiting will end
 */
async function settled<C extends Client>(
  client: C,
  wait: (waiter: { client: C; maxWaitTime: number; abortSignal: AbortSignal }) => Promise<unknown>,
): Promise<void> {
  const refusal = new AbortController();
  client.middlewareStack.add(
    (send) => (request) =>
      send(request).catch((error: unknown) => {
        if (isForbidden(error)) refusal.abort(error);
        throw error;
      }),
    { step: "initialize" },
  );
  try {
    await wait({ client, maxWaitTime, abortSignal: refusal.signal });
  } catch (error) {
    throw refusal.signal.aborted ? refusal.signal.reason : error;
  }
}
