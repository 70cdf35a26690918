import { EC2Client, waitUntilNatGatewayAvailable } from "@aws-sdk/client-ec2";
import { ElastiCacheClient, waitUntilReplicationGroupAvailable } from "@aws-sdk/client-elasticache";
import { LambdaClient, waitUntilFunctionActiveV2 } from "@aws-sdk/client-lambda";
import { RDSClient, waitUntilDBInstanceAvailable } from "@aws-sdk/client-rds";
import type { ClientConfig } from "../leftovers/inventory";
import { revoke, rulesOf } from "./security-group-rules";

/** Does the rest of what the provider does between the request that makes a resource and the end of its creation. */
type Settling = (id: string, config: ClientConfig) => Promise<unknown>;

/** Seconds: the provider's own limit for the slowest of them, an RDS instance. */
const maxWaitTime = 40 * 60;

/** Types that are not what the program asks for yet when the request that makes them is answered, and where a refresh cannot tell. */
export const settlings: Record<string, Settling> = {
  // Have an endpoint or an address only once they are available.
  "aws:rds/instance:Instance": (DBInstanceIdentifier, config) =>
    waitUntilDBInstanceAvailable({ client: new RDSClient(config), maxWaitTime }, { DBInstanceIdentifier }),
  "aws:elasticache/replicationGroup:ReplicationGroup": (ReplicationGroupId, config) =>
    waitUntilReplicationGroupAvailable({ client: new ElastiCacheClient(config), maxWaitTime }, { ReplicationGroupId }),
  "aws:ec2/natGateway:NatGateway": (id, config) =>
    waitUntilNatGatewayAvailable({ client: new EC2Client(config), maxWaitTime }, { NatGatewayIds: [id] }),
  "aws:lambda/function:Function": (FunctionName, config) =>
    waitUntilFunctionActiveV2({ client: new LambdaClient(config), maxWaitTime }, { FunctionName }),
  "aws:ec2/securityGroup:SecurityGroup": closeSecurityGroup,
};

/** AWS lets everything out of a new group until the provider revokes that. The program's own rules cannot be there before their group. */
async function closeSecurityGroup(id: string, config: ClientConfig): Promise<void> {
  await revoke(await rulesOf([id], config), config);
}
