/** `npm run operate`: an operator's commands to a deployed environment. */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { Command } from "commander";
import { clientConfig } from "./aws-environment";
import { runningEndpoint } from "./aws-server";
import { runCommand, UserError } from "./cli";
import { localFolder } from "./paths";
import { withProgress } from "./progress";

/** Milliseconds; the function itself may take 15 minutes. */
const requestTimeout = 900_000;

interface Target {
  functionName: string;
  config: { region: string; endpoint?: string };
}

const program = new Command("npm run operate --")
  .description("An operator's commands to a deployed environment, by its function records-operations.")
  .option(
    "--outputs <file>",
    "outputs of the stack (pulumi stack output --json); what `npm run local` deployed unless given",
  );

program
  .command("verify-audit")
  .description(
    "computes the chain of the audit trail anew and compares it with the audit log; fails where it is broken",
  )
  .action(() => {
    runCommand(async () => {
      const result = await invoke({ command: "verify-audit" }, "Verifying the audit trail");
      if ((result as { intact?: boolean }).intact !== true) throw new UserError("The audit trail is not intact.");
    });
  });

program
  .command("deliver-audit")
  .description("brings the audit log's lines into the audit trail now, which otherwise happens every minute")
  .action(() => {
    runCommand(async () => {
      await invoke({ command: "deliver-audit" }, "Delivering the audit log");
    });
  });

program
  .command("end-sessions")
  .description("ends all sessions of a user at once; the user has to sign in again")
  .requiredOption("--user <id>", "subject of the user's tokens: Cognito's `sub`")
  .action(({ user }: { user: string }) => {
    runCommand(async () => {
      const { config } = await target();
      const { Arn } = await new STSClient(config).send(new GetCallerIdentityCommand());
      await invoke({ command: "end-sessions", userId: user, operator: Arn }, `Ending the sessions of ${user}`);
    });
  });

program.parse();

/** Where the environment is: in the local AWS for the outputs that that has left, else in AWS. */
async function target(): Promise<Target> {
  const folder = localFolder();
  const { outputs = folder.outputs("dev") } = program.opts<{ outputs?: string }>();
  const file = resolve(outputs);
  if (!existsSync(file))
    throw new UserError(`${file} does not exist. Make it: pulumi stack output --json > outputs.json`);
  const { operationsFunctionName: functionName, region } = JSON.parse(readFileSync(file, "utf8")) as Record<
    string,
    string | undefined
  >;
  if (functionName === undefined || region === undefined)
    throw new UserError(`${file} does not hold the outputs operationsFunctionName and region.`);
  if (!file.startsWith(folder.root)) return { functionName, config: { region } };
  const endpoint = await runningEndpoint(folder);
  if (!endpoint) throw new UserError("No local AWS runs. Start it and deploy: npm run local");
  return { functionName, config: { ...clientConfig(endpoint), region } };
}

/** Invokes the function, prints what it answers and returns that. */
async function invoke(event: object, what: string): Promise<unknown> {
  const { functionName, config } = await target();
  // Twice would be no harm, but would hide how long the first has taken.
  const client = new LambdaClient({ ...config, maxAttempts: 1, requestHandler: { requestTimeout } });
  const { FunctionError, Payload } = await withProgress(what, () =>
    client.send(new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(event) })),
  );
  const answer: unknown = JSON.parse(Payload?.transformToString() ?? "null");
  if (FunctionError !== undefined) throw new UserError((answer as { errorMessage: string }).errorMessage);
  console.log(JSON.stringify(answer, undefined, 2));
  return answer;
}
