import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repository } from "../../tools/paths";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tap-scripts-"));
  copyFileSync(join(repository, "Pulumi.dev.yaml"), join(folder, "Pulumi.dev.yaml"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/**
 * Runs a script of the workflows beside programs that only note how they were called.
 * @param answers what each program does then, as shell commands
 */
function run(script: string, args: string[], answers: Record<string, string>) {
  for (const [program, answer] of Object.entries(answers)) {
    const text = `#!/bin/sh\nprintf '%s\\n' "${program} $*" >>"${folder}/calls"\n${answer}\n`;
    writeFileSync(join(folder, program), text, { mode: 0o755 });
  }
  const { status, stderr, stdout } = spawnSync(join(repository, ".github/scripts", script), args, {
    cwd: folder,
    encoding: "utf8",
    env: {
      PATH: `${folder}:${process.env.PATH ?? ""}`,
      AWS_ACCOUNT_ID: "123456789012",
      AWS_REGION: "eu-west-1",
      GITHUB_REPOSITORY: "example/tap",
    },
  });
  const calls = join(folder, "calls");
  return { status, stderr, stdout, calls: existsSync(calls) ? readFileSync(calls, "utf8").trimEnd().split("\n") : [] };
}

/** Lets Pulumi's command fail the first times. */
const fails = (command: string, times: number) =>
  `[ "$1" != ${command} ] || [ "$(grep -c ' ${command} ' "${folder}/calls")" -gt ${times} ]`;

describe("a deployment", () => {
  const deploy = (stack: string, stage: string, pulumi = "") => run("deploy", [stack, stage], { pulumi, sleep: "" });
  const selection = (stack: string, stage: string) => [
    "pulumi login s3://tap-state-123456789012-eu-west-1?region=eu-west-1",
    `pulumi stack select --create --stack ${stack} --secrets-provider awskms://alias/tap-state?region=eu-west-1&context_stage=${stage}`,
    `pulumi config set --stack ${stack} tap:region eu-west-1`,
    `pulumi config set --stack ${stack} tap:permissionsBoundary arn:aws:iam::123456789012:policy/tap-boundary-${stage}`,
  ];
  const up = (stack: string) => `pulumi up --yes --policy-pack policy --stack ${stack}`;

  it("of a pull request takes the lock of a run that was cut off", () => {
    const { calls, status } = deploy("pr-7", "pull-request");
    expect(status).toBe(0);
    expect(calls).toEqual([...selection("pr-7", "pull-request"), "pulumi cancel --yes --stack pr-7", up("pr-7")]);
  });

  it("of a pull request is repeated once, when AWS knows the tags of new keys, and says so", () => {
    const again = deploy("pr-7", "pull-request", fails("up", 1));
    expect(again.status).toBe(0);
    expect(again.calls.slice(-3)).toEqual([up("pr-7"), "sleep 300", up("pr-7")]);
    expect(again.stdout).toBe(
      "Once more in five minutes: what the role may do with a new key is told by its tags, which AWS may not know yet.\n",
    );
    rmSync(join(folder, "calls"));
    const failed = deploy("pr-7", "pull-request", fails("up", 2));
    expect(failed.status).toBe(1);
    expect(failed.calls.slice(-3)).toEqual([up("pr-7"), "sleep 300", up("pr-7")]);
  });

  it.each(["dev", "prod"])("of %s takes nobody's lock, and is not repeated", (stage) => {
    const { calls, status } = deploy(stage, stage, 'case "$1" in up) exit 1 ;; esac');
    expect(status).toBe(1);
    expect(calls).toEqual([...selection(stage, stage), up(stage)]);
  });
});

describe("a preview", () => {
  const preview = (pulumi: string) => {
    const { calls, status } = run("preview", ["7", "1a2b3c4"], { gh: `cat >"${folder}/comment"`, pulumi });
    return { calls, status, comment: readFileSync(join(folder, "comment"), "utf8") };
  };
  const previewed = (answer: string) => preview(`case "$1" in preview) ${answer} ;; esac`);

  it("is one comment on the pull request, with its commit", () => {
    const { calls, status, comment } = previewed("echo '+ 1 to create'");
    expect([status, comment]).toEqual([
      0,
      "The preview of dev succeeded for 1a2b3c4:\n\n~~~~text\n+ 1 to create\n\n~~~~\n",
    ]);
    expect(calls.slice(-2)).toEqual([
      "pulumi preview --color never --suppress-progress --policy-pack policy --stack dev",
      "gh pr comment 7 --edit-last --create-if-none --body-file -",
    ]);
  });

  it("that breaks a rule says so, what pulumi writes to stderr among it, and fails with its status", () => {
    const { status, comment } = previewed("echo '[mandatory] encrypted'; echo 'error: preview failed' >&2; exit 255");
    expect([status, comment]).toEqual([
      255,
      "**The preview of dev failed** for 1a2b3c4:\n\n~~~~text\n[mandatory] encrypted\nerror: preview failed\n\n~~~~\n",
    ]);
  });

  it("of a stack that cannot be selected overwrites the earlier comment, too", () => {
    const { calls, status, comment } = preview('[ "$1" != login ] || { echo "error: no bucket"; exit 3; }');
    expect([status, comment]).toEqual([
      3,
      "**The preview of dev failed** for 1a2b3c4:\n\n~~~~text\nerror: no bucket\n\n~~~~\n",
    ]);
    expect(calls.filter((call) => call.startsWith("pulumi preview"))).toEqual([]);
  });

  it("that is longer than a comment may be keeps its end", () => {
    const { comment } = previewed("seq 20000; echo 'error: preview failed'");
    expect(comment).toHaveLength(60_000 + "The preview of dev succeeded for 1a2b3c4:\n\n~~~~text\n\n~~~~\n".length);
    expect(comment).toMatch(/\n20000\nerror: preview failed\n\n~~~~\n$/);
  });

  it("fails where there can be no comment", () => {
    expect(run("preview", ["7", "1a2b3c4"], { gh: "cat; exit 1", pulumi: "" }).status).toBe(1);
  });
});

describe("the list of pull requests that may have left something", () => {
  const list = (stacks: string, open: string, closed: string) =>
    run("list-closed", [], {
      aws: `echo '${stacks}'`,
      date: "echo 2026-01-01",
      gh: `case "$*" in *"--state open"*) printf '${open}' ;; *) printf '${closed}' ;; esac`,
    });
  const keys = (...numbers: number[]) =>
    numbers
      .map((number) => `.pulumi/stacks/tap/pr-${number}.json\t.pulumi/stacks/tap/pr-${number}.json.bak`)
      .join("\t");

  it("names those with a stack that are not open, and those closed lately, once", () => {
    const { calls, status, stdout } = list(keys(7, 12, 3), "12\\n7\\n120\\n", "3\\n20\\n");
    expect([status, stdout]).toEqual([0, "[3,20]\n"]);
    expect(calls).toContain(
      "gh pr list --state closed --search closed:>=2026-01-01 --limit 1000 --json number --jq .[].number",
    );
  });

  it("is empty where nothing may be left", () => {
    expect(list("None", "", "").stdout).toBe("[]\n");
    expect(list(keys(7), "7\\n", "").stdout).toBe("[]\n");
  });

  it("has no more than GitHub makes jobs of", () => {
    const closed = Array.from({ length: 300 }, (_, index) => index + 1);
    const { stdout } = list("None", "", closed.map((number) => `${number}\\n`).join(""));
    expect(JSON.parse(stdout)).toEqual(closed.slice(0, 256));
  });

  it("is none where GitHub does not say which are open", () => {
    const { status, stdout } = run("list-closed", [], { aws: "echo None", date: "echo 2026-01-01", gh: "exit 1" });
    expect([status, stdout]).toEqual([1, ""]);
  });
});

const swept = "npm run sweep -- --suffix pr-7 --region eu-west-1 --delete --yes";

describe("the destruction of a pull request's environment", () => {
  const destroyed = "pulumi destroy --yes --skip-preview --stack pr-7";
  const removed = "pulumi stack rm --yes --stack pr-7";
  const destroy = (pulumi: string, npm = "") => {
    const { calls, status } = run("destroy", ["pr-7"], { npm, pulumi });
    return { status, calls: calls.slice(calls.indexOf("pulumi cancel --yes --stack pr-7") + 1) };
  };
  const refreshed = "pulumi refresh --yes --skip-preview --clear-pending-creates --stack pr-7";

  it("removes its stack, too", () => {
    expect(destroy("")).toEqual({ status: 0, calls: [destroyed, removed] });
  });

  it("is repeated once, without what is not the program's and may have held it up", () => {
    const again = [destroyed, swept, refreshed, destroyed];
    expect(destroy(fails("destroy", 1))).toEqual({ status: 0, calls: [...again, removed] });
    rmSync(join(folder, "calls"));
    expect(destroy(fails("destroy", 2))).toEqual({ status: 1, calls: again });
  });

  it("is not repeated where that does not go", () => {
    expect(destroy(fails("destroy", 1), "exit 1")).toEqual({ status: 1, calls: [destroyed, swept] });
  });
});

describe("the sweep of a pull request", () => {
  const sweep = (answers: Record<string, string>) => run("sweep", ["7"], { npm: "", pulumi: "", ...answers });

  it("destroys its environment and removes what is left of it, once GitHub says that it is closed", () => {
    const { calls, status } = sweep({ gh: "echo MERGED" });
    expect(status).toBe(0);
    expect(calls[0]).toBe("gh pr view 7 --json state --jq .state");
    expect(calls).toContain("pulumi destroy --yes --skip-preview --stack pr-7");
    expect(calls.at(-1)).toBe(swept);
  });

  it("removes also what a destroy could not", () => {
    const { calls, status } = sweep({ gh: "echo CLOSED", pulumi: 'case "$1" in destroy) exit 1 ;; esac' });
    expect([status, calls.at(-1)]).toEqual([0, swept]);
  });

  it("touches nothing where it is open again, or GitHub does not say", () => {
    for (const [gh, expected] of [
      ["echo OPEN", 0],
      ["exit 1", 1],
    ] as const) {
      const { calls, status } = sweep({ gh });
      expect([status, calls.filter((call) => !call.startsWith("gh "))]).toEqual([expected, []]);
    }
  });

  it("fails where something is left", () => {
    expect(sweep({ gh: "echo CLOSED", npm: "exit 1" }).status).toBe(1);
  });
});

describe("the approval that prod requires", () => {
  const ask = (gh: string) => run("require-approval", ["production"], { gh });
  const require = (...settings: object[]) =>
    ask(`printf '%s' '${JSON.stringify(Object.assign({ name: "production" }, ...settings))}'`);
  const reviewers = (...names: string[]) => ({
    type: "required_reviewers",
    reviewers: names.map((login) => ({ type: "User", reviewer: { login } })),
  });
  const reviewed = { protection_rules: [{ type: "branch_policy" }, reviewers("ada")] };
  const restricted = { deployment_branch_policy: { protected_branches: false, custom_branch_policies: true } };
  const refusal =
    'Nothing is deployed: the GitHub environment "production" needs required reviewers and a rule for branches (docs/bootstrap.md, step 3).\n';

  it("is there where its GitHub environment has a reviewer and is for certain branches", () => {
    const { calls, status, stderr } = require(reviewed, restricted);
    expect([status, stderr]).toEqual([0, ""]);
    expect(calls).toEqual(["gh api repos/example/tap/environments/production"]);
  });

  it.each([
    ["no rules", [{ protection_rules: [], deployment_branch_policy: null }]],
    ["no reviewers", [{ protection_rules: [{ type: "wait_timer", wait_timer: 30 }] }, restricted]],
    ["an empty list of reviewers", [{ protection_rules: [reviewers()] }, restricted]],
    ["all branches", [reviewed, { deployment_branch_policy: null }]],
    ["nothing that GitHub tells of", []],
  ])("is not there where it has %s", (_, settings) => {
    const { status, stderr } = require(...settings);
    expect([status, stderr]).toEqual([1, refusal]);
  });

  it("is not there where GitHub knows no such environment, or does not say", () => {
    const { status, stderr } = ask("echo '{\"message\":\"Not Found\"}'; echo 'gh: Not Found (HTTP 404)' >&2; exit 1");
    expect([status, stderr]).toEqual([1, `gh: Not Found (HTTP 404)\n${refusal}`]);
  });
});
