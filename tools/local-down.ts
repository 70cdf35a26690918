/** `npm run local:down`: removes an environment from the local AWS and checks that nothing of it is left. */
import { Command } from "commander";
import { clientConfig } from "./aws-environment";
import { runningEndpoint } from "./aws-server";
import { runCommand, suffixOption, UserError } from "./cli";
import { Engine } from "./engine";
import { describeLeftovers, findLeftovers } from "./leftovers";
import { localFolder } from "./paths";
import { findPulumi } from "./pulumi-cli";
import { recover } from "./recovery";

const command = new Command("npm run local:down --")
  .description("Removes an environment from the local AWS and checks by AWS's APIs that nothing of it is left.")
  .addOption(suffixOption())
  .parse();

runCommand(async () => {
  const { suffix } = command.opts<{ suffix: string }>();
  const folder = localFolder();
  const cli = await findPulumi();
  const endpoint = await runningEndpoint(folder);
  if (!endpoint) {
    // It holds everything in memory, so nothing can be left but our own files.
    await new Engine({ cli, folder, endpoint: "http://localhost", stack: suffix }).remove();
    console.log(`No local AWS runs, so nothing of "${suffix}" is left.`);
    return;
  }

  const engine = new Engine({ cli, folder, endpoint, stack: suffix });
  await recover(engine, clientConfig(endpoint));
  if (engine.exists()) {
    await engine.configure();
    console.log(`Destroying "${suffix}": about three minutes …`);
    const { interrupted, succeeded } = await engine.destroy();
    if (interrupted) throw new UserError("Interrupted. Run the same command again to continue.");
    if (!succeeded) throw new UserError("It could not be destroyed. Run the same command again to continue.");
    await engine.remove();
  } else {
    console.log(`"${suffix}" is not deployed.`);
  }

  console.log(`Asking AWS whether anything of "${suffix}" is left …`);
  const left = await findLeftovers(clientConfig(endpoint), suffix, console.log);
  if (left.length > 0) throw new UserError(`Of "${suffix}" is left:\n${describeLeftovers(left)}`);
  console.log(`Nothing of "${suffix}" is left.`);
});
