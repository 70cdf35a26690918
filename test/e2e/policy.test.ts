import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localAwsEnvironment } from "../../tools/aws-environment";
import type { Deployment } from "../../tools/stack-commands";
import { policyPack } from "../../tools/paths";
import { findPulumi } from "../../tools/pulumi-cli";

const program = join(__dirname, "fixtures/unencrypted-database");

/** Nothing listens there, so that whatever is not stopped fails. */
const nowhere = "http://127.0.0.1:9";

let cli: string;
let folder: string;

beforeAll(async () => {
  cli = await findPulumi();
  folder = mkdtempSync(join(tmpdir(), "tap-policy-"));
  mkdirSync(join(folder, "state"));
  // A project without a program: the CLI writes the stack's settings there, and not in the repository.
  copyFileSync(join(program, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
  expect(pulumi(folder, "stack", "init", "test", "--no-select")).toMatchObject({ status: 0 });
}, 60_000);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs the Pulumi CLI in a project's folder, with a state of the test's own. */
function pulumi(project: string, ...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(cli, ["--non-interactive", "--color", "never", ...args], {
    cwd: project,
    encoding: "utf8",
    env: {
      ...localAwsEnvironment(nowhere),
      PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "of the test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
    },
  });
  return { status, output: stdout + stderr };
}

/** Holds the program against the policies; with the rules that it violates, each once. */
function operate(...operation: string[]) {
  const { status, output } = pulumi(
    program,
    ...operation,
    "--stack=test",
    `--config-file=${join(folder, "Pulumi.test.yaml")}`,
    `--policy-pack=${policyPack}`,
  );
  const violations = output.matchAll(/\[(mandatory|advisory)\]\s+\[severity: \w+\]\s+([a-z-]+)/g);
  return { status, output, violations: new Set([...violations].map(([, level, rule]) => `${level} ${rule}`)) };
}

function resourceTypes(): string[] {
  const { output } = pulumi(folder, "stack", "export", "--stack=test");
  const { deployment } = JSON.parse(output) as { deployment: Deployment };
  return (deployment.resources ?? []).map(({ type }) => type);
}

/** Of a database alone: unencrypted, and with a network, a key and parameters that are no stack's. */
const ofTheStack = ["database-own-parameters", "key-of-environment", "data-store-admits-groups", "data-store-isolated"];

it.each([
  { operation: ["preview"], rules: ["database-encrypted", ...ofTheStack] },
  { operation: ["up", "--yes"], rules: ["database-encrypted", ...ofTheStack] },
  { operation: ["up", "--yes", "--skip-preview"], rules: ["database-encrypted"] },
])(
  "an unencrypted database is refused, with the reason and the remedy, before it is made: $operation",
  ({ operation, rules }) => {
    const { status, output, violations } = operate(...operation);
    expect(status).not.toBe(0);
    expect(violations).toEqual(new Set(rules.map((rule) => `mandatory ${rule}`)));
    expect(output).toContain("storageEncrypted is false; it must be true");
    expect(output).toContain("45 CFR 164.312(a)(2)(iv), FSBP RDS.3");
    expect(output).toContain("Remedy: Set storageEncrypted to true");
    expect(resourceTypes().filter((type) => type.startsWith("aws:"))).toEqual([]);
  },
  120_000,
);
