import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isLocal, localCloudFolder } from "./stack";

interface Limit {
  reason: string;
  /** Whether the cloud at hand has the limit; each has it unless something says otherwise. */
  applies: () => boolean;
}

const always = () => true;

/** Everything that the local cloud cannot do and AWS can; tests are skipped by these names and by nothing else. */
export const localLimits = {
  "the firewall at work": {
    reason: "moto keeps web ACLs, but passes every request by them",
    applies: always,
  },
  "the firewall's data protection": {
    reason: "moto keeps nothing of what a web ACL protects in its log",
    applies: always,
  },
  "functions at work": {
    reason: "node, redis-server and postgres are not all on this machine, so that functions and data stores do not run",
    applies: () => !dataPlaneRuns(localCloudFolder),
  },
} as const satisfies Record<string, Limit>;

export type LocalLimit = keyof typeof localLimits;

/** A test of something that is beyond the local cloud where it has this limit. It says so when it is skipped. */
export function testBeyond(limit: LocalLimit, title: string, body: () => Promise<void>, timeout?: number): void {
  const { reason, applies } = localLimits[limit];
  if (isLocal && applies()) skip(title, `${limit}: ${reason}`, body);
  else test(title, body, timeout);
}

/** Everything that can be asked of the local cloud, but not of AWS; tests are skipped there by these names and by nothing else. */
export const awsLimits = {
  "from inside the VPC": { reason: "the data stores of AWS can be reached from inside the VPC only", applies: always },
  "by a signed-in user": {
    reason:
      "AWS gives tokens with the API's scopes at its sign-in pages only, and for a second factor; sign in there, and " +
      "give the token as ACCESS_TOKEN",
    applies: () => process.env.ACCESS_TOKEN === undefined,
  },
} as const satisfies Record<string, Limit>;

/** A test of functions at work that is beyond AWS where it has this limit. It says so when it is skipped. */
export function testLocally(
  limit: keyof typeof awsLimits,
  title: string,
  body: () => Promise<void>,
  timeout?: number,
): void {
  const { reason, applies } = awsLimits[limit];
  if (isLocal) testBeyond("functions at work", title, body, timeout);
  else if (applies()) skip(title, `${limit}: ${reason}`, body);
  else test(title, body, timeout);
}

function skip(title: string, reason: string, body: () => Promise<void>): void {
  process.stderr.write(`Not tested: ${title}\n  ${reason}\n`);
  test.skip(`${title} (${reason})`, body);
}

/**
 * Whether the local cloud found every program that its data plane needs.
 *
 * @param folder of its state
 */
export function dataPlaneRuns(folder: string): boolean {
  const file = join(folder, "data-plane.json");
  if (!existsSync(file))
    throw new Error(
      `${file} does not exist: TAP_LOCAL_STATE must name the folder in which the local AWS keeps its state`,
    );
  const found = JSON.parse(readFileSync(file, "utf8")) as Record<string, string | null>;
  return Object.values(found).every((program) => program !== null);
}
