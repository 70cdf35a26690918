import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isLocal, localCloudFolder } from "./stack";

interface Limit {
  reason: string;
  /** Whether this local cloud has the limit; each has it unless something says otherwise. */
  applies: () => boolean;
}

const always = () => true;

/** Everything that the local cloud cannot do and AWS can; tests are skipped by these names and by nothing else. */
export const localLimits = {
  "the firewall at work": {
    reason: "moto keeps web ACLs, but passes every request by them",
    applies: always,
  },
  "health of the service": {
    reason: "node, redis-server and postgres are not all on this machine, so that functions and data stores do not run",
    applies: () => !runs("node", "redis", "postgres"),
  },
  "rotation of the token": {
    reason: "node and redis-server are not both on this machine, so that functions and caches do not run",
    applies: () => !runs("node", "redis"),
  },
} as const satisfies Record<string, Limit>;

export type LocalLimit = keyof typeof localLimits;

/** A test of something that is beyond the local cloud where it has this limit. It says so when it is skipped. */
export function testBeyond(limit: LocalLimit, title: string, body: () => Promise<void>, timeout?: number): void {
  const { reason, applies } = localLimits[limit];
  if (isLocal && applies()) skip(title, `${limit}: ${reason}`, body);
  else test(title, body, timeout);
}

/** The same, of something that has to be asked from inside the VPC, where only what stands in for AWS can be reached. */
export function testInside(limit: LocalLimit, title: string, body: () => Promise<void>): void {
  if (isLocal) testBeyond(limit, title, body);
  else skip(title, "the data stores of AWS can be reached from inside the VPC only", body);
}

function skip(title: string, reason: string, body: () => Promise<void>): void {
  process.stderr.write(`Not tested: ${title}\n  ${reason}\n`);
  test.skip(`${title} (${reason})`, body);
}

/** Whether the local cloud found the programs that its data plane needs. */
function runs(...programs: string[]): boolean {
  const file = join(localCloudFolder, "data-plane.json");
  if (!existsSync(file)) return false;
  const found = JSON.parse(readFileSync(file, "utf8")) as Record<string, string | null>;
  return programs.every((program) => typeof found[program] === "string");
}
