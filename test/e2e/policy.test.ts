import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { localAwsEnvironment } from "../../tools/aws-environment";
import { policyPack } from "../../tools/paths";
import { findPulumi } from "../../tools/pulumi-cli";
import { operationOf } from "../faults/aws-errors";

const program = join(__dirname, "fixtures/unencrypted-database");

let cli: string;
let folder: string;
/** Stands for AWS, and refuses whatever it is asked. */
let aws: Server;
/** What it is asked for, such as `CreateDBInstance`. */
let asked: string[];

beforeAll(async () => {
  cli = await findPulumi();
  aws = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push(operationOf(request, Buffer.from(body)));
      response.writeHead(400).end();
    });
  });
  await new Promise<void>((listening) => aws.listen(0, "127.0.0.1", listening));
  folder = mkdtempSync(join(tmpdir(), "tap-policy-"));
  mkdirSync(join(folder, "state"));
  // A project without a program: the CLI writes the stack's settings there, and not in the repository.
  copyFileSync(join(program, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
  expect(await pulumi(folder, "stack", "init", "test", "--no-select")).toMatchObject({ status: 0 });
}, 60_000);

beforeEach(() => {
  asked = [];
});

afterAll(async () => {
  await new Promise((closed) => aws.close(closed));
  rmSync(folder, { recursive: true });
});

/** Runs the Pulumi CLI in a project's folder, with a state of the test's own. */
async function pulumi(project: string, ...args: string[]): Promise<{ status: number | null; output: string }> {
  const child = spawn(cli, ["--non-interactive", "--color", "never", ...args], {
    cwd: project,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...localAwsEnvironment(`http://127.0.0.1:${(aws.address() as AddressInfo).port}`),
      PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "of the test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
    },
  });
  const [stdout, stderr, ended] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  const [status] = ended as [number | null];
  return { status, output: stdout + stderr };
}

/** Holds the program against the policies; with the rules that it violates, each once. */
async function operate(...operation: string[]) {
  const { status, output } = await pulumi(
    program,
    ...operation,
    "--stack=test",
    `--config-file=${join(folder, "Pulumi.test.yaml")}`,
    `--policy-pack=${policyPack}`,
  );
  const violations = output.matchAll(/\[(mandatory|advisory)\]\s+\[severity: \w+\]\s+([a-z-]+)/g);
  return { status, output, violations: new Set([...violations].map(([, level, rule]) => `${level} ${rule}`)) };
}

/** Of a database alone: unencrypted, and with a network, a key and parameters that are no stack's. */
const ofTheStack = ["database-own-parameters", "key-of-environment", "data-store-admits-groups", "data-store-isolated"];

it.each([
  { operation: ["preview"], rules: ["database-encrypted", ...ofTheStack] },
  { operation: ["up", "--yes"], rules: ["database-encrypted", ...ofTheStack] },
  { operation: ["up", "--yes", "--skip-preview"], rules: ["database-encrypted"] },
])(
  "an unencrypted database is refused, with the reason and the remedy, before it is made: $operation",
  async ({ operation, rules }) => {
    const { status, output, violations } = await operate(...operation);
    expect(status).not.toBe(0);
    expect(violations).toEqual(new Set(rules.map((rule) => `mandatory ${rule}`)));
    expect(output).toContain("storageEncrypted is false; it must be true");
    expect(output).toContain("45 CFR 164.312(a)(2)(iv), FSBP RDS.3");
    expect(output).toContain("Remedy: Set storageEncrypted to true");
    expect(asked).toEqual([]);
  },
  120_000,
);
