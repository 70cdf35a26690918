/** `npm run local`: deploys an environment into the local AWS, checks it there and leaves it up. */
import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { ensureLocalAws } from "./aws-server";
import { clientConfig } from "./aws-environment";
import { runCommand, suffixOption, UserError } from "./cli";
import { Engine } from "./engine";
import { changedNothing, describeProblems } from "./events";
import { runIntegrationSuite } from "./integration-suite";
import { localFolder } from "./paths";
import { Phases } from "./progress";
import { findPulumi } from "./pulumi-cli";
import { recover } from "./recovery";

const command = new Command("npm run local --")
  .description("Deploys an environment into the local AWS, runs the integration suite against it and leaves it up.")
  .addOption(suffixOption())
  .parse();

runCommand(async () => {
  const { suffix } = command.opts<{ suffix: string }>();
  const folder = localFolder();
  const phases = new Phases();

  const cli = await phases.run("find the Pulumi CLI", findPulumi);
  const endpoint = await phases.run("local AWS", () => ensureLocalAws(folder));
  const engine = new Engine({ cli, folder, endpoint, stack: suffix });
  const outputs = await phases.run("deployment", () => deploy(engine, endpoint));
  const passed = await phases.run("integration suite", () => runIntegrationSuite({ folder, stack: suffix, endpoint }));

  console.log(`\nOutputs (${folder.outputs(suffix)}):\n${JSON.stringify(outputs, undefined, 2)}`);
  console.log(`\nTime:\n${phases.table()}\n`);
  if (!passed) throw new UserError(`The integration suite failed. "${suffix}" is left up.`);
  console.log(
    `"${suffix}" is up in the local AWS at ${endpoint}. Remove it with: npm run local:down -- --suffix ${suffix}`,
  );

  async function deploy(engine: Engine, endpoint: string): Promise<Record<string, unknown>> {
    await recover(engine, clientConfig(endpoint));
    await engine.configure();
    console.log(`Deploying "${suffix}": about four minutes at first, seconds when nothing has changed …`);
    const operation = await engine.up();
    if (operation.interrupted) throw new UserError("Interrupted. Run the same command again to continue.");
    if (!operation.succeeded) throw new UserError("The deployment failed. Run the same command again to continue.");
    if (operation.problems.length > 0) {
      throw new UserError(`The deployment warned, and must not:\n${describeProblems(operation.problems)}`);
    }
    if (changedNothing(operation)) console.log(`"${suffix}": no changes.`);
    const outputs = await engine.outputs();
    writeFileSync(folder.outputs(suffix), JSON.stringify(outputs, undefined, 2));
    return outputs;
  }
});
