import { setTimeout as sleep } from "node:timers/promises";
import {
  DescribeReplicationGroupsCommand,
  type ElastiCacheClient,
  ModifyReplicationGroupCommand,
} from "@aws-sdk/client-elasticache";
import { isRefusedByRedis, openRedis, type RedisEndpoint } from "../redis";
import { RotationError } from "../rotation/rotation-error";

/** Milliseconds to connect and authenticate. */
const connectLimit = 5000;

/** Milliseconds between looks at a change that is being applied. */
const pollInterval = 5000;

/** The tokens that a replication group accepts: at most two, the last two that it was given. */
export class ReplicationGroup {
  /** @param endpoint of the primary */
  constructor(
    private readonly client: ElastiCacheClient,
    private readonly id: string,
    private readonly endpoint: RedisEndpoint,
  ) {}

  /** Adds a token; those before the last one stop working. Does nothing where the group accepts it already. */
  async rotateTo(token: string, deadline: number): Promise<void> {
    await this.change(token, "ROTATE", () => this.accepts(token), deadline);
  }

  /**
   * Makes the token that was added last the only one. Does nothing where the one before it is refused already:
   * ElastiCache takes SET only while there are two.
   */
  async setOnly(token: string, previous: string, deadline: number): Promise<void> {
    await this.change(token, "SET", async () => !(await this.accepts(previous)), deadline);
  }

  /** Whether a client that connects now may use the token. Fails where Redis cannot be asked. */
  async accepts(token: string): Promise<boolean> {
    try {
      const client = await openRedis(this.endpoint, token, connectLimit);
      try {
        await client.ping();
      } finally {
        client.disconnect();
      }
      return true;
    } catch (error) {
      if (isRefusedByRedis(error)) return false;
      throw error;
    }
  }

  /** A change is refused while another is being applied, and its own status may lag behind: the effect counts. */
  private async change(
    token: string,
    strategy: "ROTATE" | "SET",
    isDone: () => Promise<boolean>,
    deadline: number,
  ): Promise<void> {
    await this.available(deadline);
    if (await isDone()) return;
    await this.client.send(
      new ModifyReplicationGroupCommand({
        ReplicationGroupId: this.id,
        AuthToken: token,
        AuthTokenUpdateStrategy: strategy,
        ApplyImmediately: true,
      }),
    );
    await this.available(deadline);
    while (!(await isDone())) {
      if (Date.now() + pollInterval > deadline)
        throw new RotationError(`${strategy} had no effect on replication group ${this.id} in time`);
      await sleep(pollInterval);
    }
  }

  private async available(deadline: number): Promise<void> {
    while ((await this.status()) !== "available") {
      if (Date.now() + pollInterval > deadline)
        throw new RotationError(`replication group ${this.id} did not become available in time`);
      await sleep(pollInterval);
    }
  }

  private async status(): Promise<string | undefined> {
    const { ReplicationGroups } = await this.client.send(
      new DescribeReplicationGroupsCommand({ ReplicationGroupId: this.id }),
    );
    return ReplicationGroups?.[0]?.Status;
  }
}
