import { spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CloudWatchLogsClient, CreateLogGroupCommand, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateVpcCommand, DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CreateSecretCommand, ListSecretsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { environmentTags } from "../../lib/naming";
import { localAwsEnvironment } from "../../tools/aws-environment";
import { describeLeftovers } from "../../tools/leftovers";
import { repository } from "../../tools/paths";
import { Cloud, type Environment } from "./cloud";
import { tracked } from "./progress";
import { minutes } from "./steps";

let cloud: Cloud;
let environment: Environment;
/** What the environment was made of, one line each. */
let parts: string[];
let passed = false;

beforeAll(async () => {
  cloud = await Cloud.start();
  environment = cloud.environment("e2e-sweep");
  await standBeside();
  expect(await environment.up({ "tap:auditTrail": true })).toMatchObject({ succeeded: true, problems: [] });
  parts = describeLeftovers(await environment.leftovers()).split("\n");
  // Pulumi knows nothing of it from here on.
  await environment.engine.remove();
}, minutes(15));

afterAll(async () => {
  await cloud.stopAfterTest({ failed: !passed });
}, minutes(1));

it(
  "finds what Pulumi has forgotten, removes it when told to, and leaves alone what is called nearly the same",
  async () => {
    const beside = await others();
    expect(beside).toEqual({ vpcs: 2, logGroups: 4, secrets: 2 });

    const listed = await sweep();
    expect(listed.code).toBe(1);
    expect(listed.output).toContain(`Of "e2e-sweep" ${parts.length} things are in account 123456789012, eu-west-1:`);
    expect(listed.output.split("\n").filter((line) => parts.includes(line))).toEqual(parts);

    const unconfirmed = await sweep("--delete");
    expect(unconfirmed.code).toBe(1);
    expect(unconfirmed.output).toContain("Nothing was done: that is confirmed in a terminal, or by --yes.");
    expect(describeLeftovers(await environment.leftovers()).split("\n")).toEqual(parts);

    const removed = await sweep("--delete", "--yes");
    expect(removed.output).toContain(`All ${parts.length} things are gone: nothing of "e2e-sweep" is left in account`);
    expect(removed.code).toBe(0);
    expect(await environment.leftovers()).toEqual([]);
    expect(await others()).toEqual(beside);

    const again = await sweep();
    expect(again.output).toContain('Nothing of "e2e-sweep" is left in account 123456789012, eu-west-1.');
    expect(again.code).toBe(0);
    passed = true;
  },
  minutes(10),
);

/** Things of an environment whose suffix begins with ours, and of somebody else who calls their environments as we do. */
async function standBeside(): Promise<void> {
  const [ec2, logs, secrets] = clients();
  const owners = { "e2e-sweep-2": environmentTags("e2e-sweep-2", {}), theirs: { Environment: "e2e-sweep" } };
  for (const [owner, tags] of Object.entries(owners)) {
    const list = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    const TagSpecifications = [{ ResourceType: "vpc" as const, Tags: list }];
    await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16", TagSpecifications }));
    await logs.send(new CreateLogGroupCommand({ logGroupName: `audit-${owner}`, tags }));
    await logs.send(new CreateLogGroupCommand({ logGroupName: `/aws/lambda/records-service-${owner}` }));
    await secrets.send(new CreateSecretCommand({ Name: `redis-auth-${owner}`, SecretString: "theirs", Tags: list }));
  }
}

/** How much of that there is. */
async function others() {
  const [ec2, logs, secrets] = clients();
  const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({}));
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({}));
  const { SecretList = [] } = await secrets.send(new ListSecretsCommand({}));
  const isOther = (name = "") => /-(e2e-sweep-2|theirs)$/.test(name);
  const others = Vpcs.filter(({ Tags = [] }) => {
    const tags = Object.fromEntries(Tags.map(({ Key = "", Value }) => [Key, Value]));
    return tags.Environment?.startsWith("e2e-sweep") && tags.Name !== "vpc-e2e-sweep";
  });
  return {
    vpcs: others.length,
    logGroups: logGroups.filter(({ logGroupName }) => isOther(logGroupName)).length,
    secrets: SecretList.filter(({ Name }) => isOther(Name)).length,
  };
}

function clients() {
  const { config } = cloud;
  return [new EC2Client(config), new CloudWatchLogsClient(config), new SecretsManagerClient(config)] as const;
}

/** Runs the command as a user does, without a terminal; what it printed is kept beside the engine's output. */
async function sweep(...options: string[]): Promise<{ code: number | null; output: string }> {
  const log = join(cloud.folder.root, `sweep${options.join("")}.log`);
  const file = openSync(log, "a");
  const args = [join(repository, "tools/sweep.ts"), "--suffix", environment.suffix, "--local", ...options];
  const child = spawn(join(repository, "node_modules/.bin/tsx"), args, {
    env: localAwsEnvironment(cloud.config.endpoint ?? ""),
    stdio: ["ignore", file, file],
  });
  const exit = once(child, "exit") as Promise<[number | null]>;
  const [code] = await tracked(`sweep ${options.join(" ")}`, () => exit, log);
  return { code, output: readFileSync(log, "utf8") };
}
