import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import {
  boundaryName,
  deployRoleName,
  previewRoleName,
  stateBucketName,
  stateKeyAlias,
} from "../../bootstrap/lib/names";
import { stageContext } from "../../bootstrap/lib/policies/state";
import { stages, type Stage } from "../../bootstrap/lib/stages";
import { repository } from "../../tools/paths";
import { version as pulumiVersion } from "../../tools/pulumi-cli";
import packageJson from "../../package.json";

interface Step {
  uses?: string;
  run?: string;
  if?: string;
  with?: Record<string, string>;
}

interface Concurrency {
  group: string;
  "cancel-in-progress": unknown;
}

interface Job {
  uses?: string;
  concurrency?: Concurrency;
  if?: string;
  needs?: string;
  environment?: string;
  permissions?: Record<string, string>;
  "timeout-minutes"?: number;
  strategy?: unknown;
  outputs?: Record<string, string>;
  steps?: Step[];
}

interface Workflow {
  on: Record<string, unknown>;
  permissions: unknown;
  concurrency?: Concurrency;
  jobs: Record<string, Job>;
}

const text = (path: string) => readFileSync(join(repository, path), "utf8");
const workflows = readdirSync(join(repository, ".github/workflows")).map((file) => {
  const source = text(`.github/workflows/${file}`);
  return { file, source, workflow: load(source) as Workflow };
});
const prepare = text(".github/actions/prepare/action.yml");
const jobs = workflows.flatMap(({ file, workflow }) =>
  Object.entries(workflow.jobs).map(([name, job]) => ({
    title: `${file} ${name}`,
    triggers: Object.keys(workflow.on),
    job,
  })),
);
const signedIn = jobs.filter(({ job }) => job.permissions?.["id-token"] === "write");
const prepared = (job: Job) => job.steps?.find(({ uses }) => uses === "./.github/actions/prepare")?.with;
const roleOf = (job: Job) => prepared(job)?.role ?? "";

describe("the workflows", () => {
  it("are these", () => {
    expect(jobs.map(({ title }) => title)).toEqual([
      "ci.yml checks",
      "deploy.yml checks",
      "deploy.yml dev",
      "deploy.yml prod",
      "environment.yml test",
      "environment.yml destroy",
      "preview.yml preview",
      "sweep.yml list",
      "sweep.yml sweep",
    ]);
  });

  it("use actions by the commit of a release, each of one release only", () => {
    const uses = [...workflows.map(({ source }) => source), prepare].flatMap((source) => [
      ...source.matchAll(/uses: (?!\.\/)(.*)$/gm),
    ]);
    const actions = new Set(uses.map(([, action]) => action));
    expect(
      [...actions].filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action ?? "")),
    ).toEqual([]);
    expect([...actions].map((action) => action?.split("@")[0]).sort()).toEqual([
      "actions/checkout",
      "actions/setup-node",
      "actions/setup-python",
      "aws-actions/configure-aws-credentials",
      "pulumi/actions",
    ]);
  });

  it("hand values to their shell by the environment only", () => {
    const runs = [
      ...jobs.flatMap(({ job }) => job.steps ?? []),
      ...((load(prepare) as { runs: Job }).runs.steps ?? []),
    ];
    expect(runs.filter(({ run }) => run?.includes("${{"))).toEqual([]);
    expect(runs.filter(({ run }) => run !== undefined)).toHaveLength(14);
  });

  it("run no shell in the shared action but the installation, as the linter does not look there", () => {
    const { steps = [] } = (load(prepare) as { runs: Job }).runs;
    expect(steps.flatMap(({ run }) => run ?? [])).toEqual(["npm ci"]);
    // Packages' scripts run before there are credentials.
    expect(steps.map(({ uses, run }) => uses?.split("@")[0] ?? run)).toEqual([
      "actions/setup-node",
      "npm ci",
      "pulumi/actions",
      "aws-actions/configure-aws-credentials",
    ]);
  });

  it("begin only by what gives forks nothing, and know no stored secret", () => {
    expect(Object.fromEntries(workflows.map(({ file, workflow }) => [file, Object.keys(workflow.on)]))).toEqual({
      "ci.yml": ["pull_request", "workflow_call"],
      "deploy.yml": ["push"],
      "environment.yml": ["pull_request"],
      "preview.yml": ["pull_request"],
      "sweep.yml": ["schedule", "workflow_dispatch"],
    });
    expect(workflows.filter(({ source }) => /secrets[.[]|inherit/.test(source))).toEqual([]);
    // The token of the run goes to the steps that need it.
    const withToken = workflows.flatMap(
      ({ file, source }) => source.match(/.*github\.token.*/g)?.map(() => file) ?? [],
    );
    expect(withToken).toEqual(["deploy.yml", "preview.yml", "sweep.yml", "sweep.yml"]);
  });

  it("come one after the other where they change something", () => {
    const environment = (number: string) => ({ group: `environment-\${{ ${number} }}`, "cancel-in-progress": false });
    expect(Object.fromEntries(workflows.map(({ file, workflow }) => [file, workflow.concurrency]))).toEqual({
      "ci.yml": {
        group: "ci-${{ github.workflow }}-${{ github.ref }}",
        "cancel-in-progress": "${{ github.event_name == 'pull_request' }}",
      },
      "deploy.yml": undefined,
      "environment.yml": environment("github.event.pull_request.number"),
      "preview.yml": { group: "preview-${{ github.event.pull_request.number }}", "cancel-in-progress": true },
      "sweep.yml": { group: "sweep", "cancel-in-progress": false },
    });
    const together = jobs.filter(({ job }) => job.concurrency).map(({ title, job }) => [title, job.concurrency]);
    expect(Object.fromEntries(together)).toEqual({
      // Prod may wait for its approval for long.
      "deploy.yml dev": { group: "deploy-dev", "cancel-in-progress": false },
      "deploy.yml prod": { group: "deploy-prod", "cancel-in-progress": false },
      // With the runs of the pull request itself.
      "sweep.yml sweep": environment("matrix.number"),
    });
  });

  it("hold every preview and deployment to the policy pack", () => {
    expect(text(".github/scripts/deploy")).toContain(`pulumi up --yes --policy-pack policy --stack "$stack"`);
    const commands = workflows.map(({ source }) => source).join("\n");
    expect(commands).not.toContain("pulumi up");
    expect(commands.match(/scripts\/deploy .*/g)).toEqual([
      "scripts/deploy dev dev",
      "scripts/deploy prod prod",
      'scripts/deploy "$STACK" pull-request',
    ]);
    expect(text(".github/scripts/preview")).toContain("--policy-pack policy --stack dev");
    expect(commands).not.toContain("pulumi preview");
    expect(commands.match(/scripts\/preview .*/g)).toEqual(['scripts/preview "$NUMBER" "$COMMIT"']);
  });

  it("allow each job only what it needs, and limit its time", () => {
    for (const { workflow } of workflows) expect(workflow.permissions).toEqual({});
    const permissions = Object.fromEntries(jobs.map(({ title, job }) => [title, job.permissions]));
    const signIn = { contents: "read", "id-token": "write" };
    expect(permissions).toEqual({
      "ci.yml checks": { contents: "read" },
      "deploy.yml checks": { contents: "read" },
      "deploy.yml dev": signIn,
      "deploy.yml prod": { ...signIn, actions: "read" },
      "environment.yml test": signIn,
      "environment.yml destroy": signIn,
      "preview.yml preview": { ...signIn, "pull-requests": "write" },
      "sweep.yml list": { ...signIn, "pull-requests": "read" },
      "sweep.yml sweep": { ...signIn, "pull-requests": "read" },
    });
    const unlimited = jobs.filter(({ job }) => !job.uses && !job["timeout-minutes"]).map(({ title }) => title);
    expect(unlimited).toEqual([]);
  });

  it("keep no credentials of git in the work tree", () => {
    const checkouts = jobs
      .flatMap(({ job }) => job.steps ?? [])
      .filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts).toHaveLength(8);
    expect(checkouts.filter((step) => String(step.with?.["persist-credentials"]) !== "false")).toEqual([]);
  });

  it("sign in as a role that trusts just such a run", () => {
    const trusted = (role: string): string[] =>
      role === previewRoleName
        ? ["pull_request"]
        : (Object.keys(stages) as Stage[]).flatMap((stage) =>
            deployRoleName(stage) === role ? stages[stage].subjects : [],
          );
    const subjectOf = (triggers: string[], { environment }: Job) =>
      environment
        ? `environment:${environment}`
        : triggers.includes("pull_request")
          ? "pull_request"
          : "ref:refs/heads/main";
    expect(signedIn.map(({ title, job }) => [title, roleOf(job)])).toEqual([
      ["deploy.yml dev", "tap-deploy-dev"],
      ["deploy.yml prod", "tap-deploy-prod"],
      ["environment.yml test", "tap-deploy-pull-request"],
      ["environment.yml destroy", "tap-deploy-pull-request"],
      ["preview.yml preview", "tap-preview"],
      ["sweep.yml list", "tap-deploy-pull-request"],
      ["sweep.yml sweep", "tap-deploy-pull-request"],
    ]);
    for (const { triggers, job } of signedIn) expect(trusted(roleOf(job))).toContain(subjectOf(triggers, job));
  });

  it("sign in for nobody's fork, and for no account without a bootstrap", () => {
    // What needs one of these does not run without it.
    for (const { triggers, job } of signedIn.filter(({ job: { needs = "" } }) => !["dev", "list"].includes(needs))) {
      expect(job.if).toContain("vars.AWS_ACCOUNT_ID != ''");
      if (triggers.includes("pull_request")) {
        expect(job.if).toContain("github.event.pull_request.head.repo.full_name == github.repository");
      }
    }
  });

  it("take a pull request's environment away whatever became of its test, and when it is closed", () => {
    const { workflow } = workflows.find(({ file }) => file === "environment.yml") ?? {};
    expect(workflow?.on).toEqual({ pull_request: { types: ["opened", "synchronize", "reopened", "closed"] } });
    expect(workflow?.jobs.destroy).toMatchObject({ needs: "test", if: expect.stringMatching(/^always\(\)/) as string });
    expect(workflow?.jobs.test?.if).toContain("github.event.action != 'closed'");
    expect(workflow?.jobs.destroy?.steps?.slice(-2)).toMatchObject([
      { run: '.github/scripts/destroy "$STACK"' },
      { if: "always()", run: 'npm run sweep -- --suffix "$STACK" --region "$AWS_REGION" --delete --yes' },
    ]);
  });

  it("sweep up after each pull request that may have left something, in a job of its own", () => {
    const { list, sweep } = workflows.find(({ file }) => file === "sweep.yml")?.workflow.jobs ?? {};
    expect(list?.outputs).toEqual({ numbers: "${{ steps.list.outputs.numbers }}" });
    expect(list?.steps?.at(-1)).toMatchObject({
      id: "list",
      run: `numbers=$(.github/scripts/list-closed)\nprintf 'numbers=%s\\n' "$numbers" >>"$GITHUB_OUTPUT"\n`,
    });
    expect(sweep).toMatchObject({
      needs: "list",
      if: "needs.list.outputs.numbers != '[]'",
      strategy: { "fail-fast": false, matrix: { number: "${{ fromJSON(needs.list.outputs.numbers) }}" } },
    });
    expect(sweep?.steps?.at(-1)).toMatchObject({
      env: { NUMBER: "${{ matrix.number }}" },
      run: '.github/scripts/sweep "$NUMBER"',
    });
  });

  it("have credentials until they end at the latest, for as long as the role gives them", () => {
    const { inputs } = load(prepare) as { inputs: Record<string, { default?: string }> };
    expect(prepare).toContain("role-duration-seconds: ${{ inputs.session-seconds }}");
    for (const { job } of signedIn) {
      const seconds = Number(prepared(job)?.["session-seconds"] ?? inputs["session-seconds"]?.default);
      const stage = (Object.keys(stages) as Stage[]).find((name) => deployRoleName(name) === roleOf(job));
      // The preview's is the pull request's.
      expect(seconds).toBe(stages[stage ?? "pull-request"].sessionSeconds);
      expect((job["timeout-minutes"] ?? 0) * 60).toBeLessThanOrEqual(seconds);
    }
  });

  it("deploy to prod after dev has been tested, in the environment that asks for an approval", () => {
    const { workflow } = workflows.find(({ file }) => file === "deploy.yml") ?? {};
    expect(workflow?.on).toEqual({ push: { branches: ["main"] } });
    expect(workflow?.jobs.dev).toMatchObject({ needs: "checks", environment: "dev" });
    expect(workflow?.jobs.prod).toMatchObject({ needs: "dev", environment: "production" });
    expect(workflow?.jobs.dev?.steps?.at(-1)?.run).toContain("npm run test:integration");
  });

  it("make sure of that approval before they sign in for prod", () => {
    const { prod } = workflows.find(({ file }) => file === "deploy.yml")?.workflow.jobs ?? {};
    expect(prod?.steps?.map(({ run, uses }) => run ?? uses?.split("@")[0])).toEqual([
      "actions/checkout",
      `.github/scripts/require-approval ${prod?.environment}`,
      "./.github/actions/prepare",
      ".github/scripts/deploy prod prod",
    ]);
  });

  it("run the versions that are pinned elsewhere", () => {
    const sources = [...workflows.map(({ source }) => source), prepare].join("\n");
    const versions = [...sources.matchAll(/pulumi-version: (.*)/g)].map(([, version]) => version);
    expect([...new Set(versions)]).toEqual([pulumiVersion]);
    const nodes = [...sources.matchAll(/node-version-file: (.*)/g)].map(([, file]) => file);
    expect([...new Set(nodes)]).toEqual([".node-version"]);
    const [major = "", minor = ""] = text(".node-version").split(".");
    const [, least = "", leastMinor = ""] = /^>=(\d+)\.(\d+)$/.exec(packageJson.engines.node) ?? [];
    expect([Number(major) > Number(least) || (major === least && Number(minor) >= Number(leastMinor))]).toEqual([true]);
  });

  it("find what the bootstrap has named", () => {
    const account = { accountId: "$AWS_ACCOUNT_ID", region: "$AWS_REGION", partition: "aws" };
    const script = text(".github/scripts/select-stack");
    expect(script).toContain(`s3://${stateBucketName(account)}?region=$AWS_REGION`);
    expect(script).toContain(`awskms://${stateKeyAlias}?region=$AWS_REGION&context_${stageContext}=$stage`);
    expect(script).toContain(`arn:aws:iam::$AWS_ACCOUNT_ID:policy/${boundaryName("$stage" as Stage)}`);
    expect(text(".github/scripts/list-closed")).toContain(`--bucket "${stateBucketName(account)}"`);
  });
});
