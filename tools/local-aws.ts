/** `npm run local:aws`: starts the local AWS alone, or stops it. */
import { Command } from "commander";
import { ensureLocalAws, stopLocalAws } from "./aws-server";
import { runCommand } from "./cli";
import { localFolder } from "./paths";

const command = new Command("npm run local:aws --")
  .description("Starts the local AWS on loopback and writes its URL to .local/endpoint.")
  .option("--stop", "stop it; everything in it is lost")
  .parse();

runCommand(async () => {
  const folder = localFolder();
  if (command.opts<{ stop?: boolean }>().stop) {
    const stopped = await stopLocalAws(folder);
    console.log(stopped ? "The local AWS is stopped." : "No local AWS of this folder runs.");
  } else {
    await ensureLocalAws(folder);
  }
});
