import { execFile } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { localAwsEnvironment } from "../aws-environment";
import { repository } from "../paths";
import type { Figure } from "./figures";
import { median } from "./median";
import { timed, type Times } from "./timed";

const stack = "bench";

/** A program that registers nothing and loads what ours loads. */
const emptyProgram = `import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
export const loaded = [typeof aws.ec2.Vpc, typeof pulumi.output, typeof random.RandomPassword].join();
`;

/** The least that starts the providers which ours starts: AWS's for the environment, AWS's for the account, random's. */
const smallestProgram = `${emptyProgram}
const provider = new aws.Provider("aws", { region: "eu-west-1" });
const account = new aws.Provider("account", { region: "eu-west-1" });
export const { accountId } = aws.getCallerIdentityOutput({}, { provider: account });
new aws.ec2.Vpc("vpc", { cidrBlock: "10.0.0.0/16" }, { provider });
new random.RandomId("id", { byteLength: 8 });
`;

/** What `pulumi new aws-typescript` writes: after each change, a preview checks the types of all that is imported. */
const templateOptions = {
  strict: true,
  target: "es2020",
  module: "commonjs",
  moduleResolution: "node",
  sourceMap: true,
};

const uncheckedOptions = { ...templateOptions, noCheck: true };

const programs = {
  whole: "the program",
  checked: "an empty program as from Pulumi's template, its types checked",
  transpiled: "an empty program, its types not checked, as ours",
  smallest: "a program that only starts the same providers, its types not checked",
};

type ProgramName = keyof typeof programs;

/**
 * Previews the program and three others by turns, as after a change of each, against a local AWS with nothing in it. The empty ones start no provider; the third
 * tells what the start of the providers takes, which no program with a resource goes without.
 */
export async function previews(cli: string, endpoint: string, folder: string, rounds: number): Promise<Figure[]> {
  const env = {
    ...localAwsEnvironment(endpoint),
    PULUMI_BACKEND_URL: `file://${folder}`,
    PULUMI_CONFIG_PASSPHRASE: "",
    PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
    PULUMI_STACK: undefined,
    ENVIRONMENT_SUFFIX: undefined,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // Pulumi's loader of TypeScript would take what it has compiled before, types checked or not.
    TS_NODE_CACHE: "false",
  };
  const folders = {
    whole: wholeProgram(folder),
    checked: otherProgramIn(folder, "checked", templateOptions),
    transpiled: otherProgramIn(folder, "transpiled", uncheckedOptions),
    smallest: otherProgramIn(folder, "smallest", uncheckedOptions, smallestProgram),
  };
  for (const cwd of Object.values(folders)) {
    await promisify(execFile)(cli, ["stack", "init", "--non-interactive", "--no-select", "--stack", stack], {
      cwd,
      env,
    });
  }

  const times: Record<ProgramName, Times[]> = { whole: [], checked: [], transpiled: [], smallest: [] };
  const names = Object.keys(programs) as ProgramName[];
  // The first of each finds nothing in the system's caches, and no bundles of functions.
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const cwd = name === "whole" ? repository : folders[name];
      const config = name === "whole" ? ["--config-file", join(folders.whole, `Pulumi.${stack}.yaml`)] : [];
      const time = await timed(cli, ["preview", "--non-interactive", "--stack", stack, ...config], { cwd, env });
      if (round > 0) times[name].push(time);
    }
  }

  const cpu = (name: ProgramName) => median(times[name].map((time) => time.cpu));
  return [
    ...names.map((name) => ({ name: `preview of ${programs[name]}, processor time`, measured: cpu(name), unit: "s" })),
    { name: `preview, program : ${programs.checked}`, measured: cpu("whole") / cpu("checked"), limit: { atMost: 1.5 } },
    { name: `preview, program : ${programs.smallest}`, measured: cpu("whole") / cpu("smallest") },
    { name: `preview, program : ${programs.transpiled}`, measured: cpu("whole") / cpu("transpiled") },
  ];
}

/** A folder for what the CLI writes of our program's stack. */
function wholeProgram(folder: string): string {
  const home = join(folder, "whole");
  mkdirSync(home);
  writeFileSync(join(home, "Pulumi.yaml"), "name: tap\nruntime: nodejs\n");
  writeFileSync(join(home, `Pulumi.${stack}.yaml`), `config:\n  tap:environmentSuffix: ${stack}\n`);
  return home;
}

function otherProgramIn(folder: string, name: string, compilerOptions: object, text = emptyProgram): string {
  const home = join(folder, name);
  mkdirSync(home);
  symlinkSync(join(repository, "node_modules"), join(home, "node_modules"));
  writeFileSync(join(home, "Pulumi.yaml"), `name: ${name}\nruntime: nodejs\nmain: index.ts\n`);
  writeFileSync(join(home, "package.json"), JSON.stringify({ name, main: "index.ts" }));
  writeFileSync(join(home, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["index.ts"] }));
  writeFileSync(join(home, "index.ts"), text);
  return home;
}
