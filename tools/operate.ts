/** `npm run operate`: an operator's commands to a deployed environment. */
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { Command } from "commander";
import { runCommand, UserError } from "./cli";
import { findOperationsFunction, type OperationsFunction, withoutFunction } from "./operations-function";
import { localFolder } from "./paths";
import { withProgress } from "./progress";

/** Milliseconds; the function itself may take 15 minutes. */
const requestTimeout = 900_000;

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
      const operations = await target();
      const result = await invoke(operations, { command: "verify-audit" }, "Verifying the audit trail");
      if ((result as { intact?: boolean }).intact !== true) throw new UserError("The audit trail is not intact.");
    });
  });

program
  .command("deliver-audit")
  .description("brings the audit log's lines into the audit trail now, which otherwise happens every minute")
  .action(() => {
    runCommand(async () => {
      await invoke(await target(), { command: "deliver-audit" }, "Delivering the audit log");
    });
  });

program
  .command("end-sessions")
  .description("ends all sessions of a user at once; the user has to sign in again")
  .requiredOption("--user <id>", "subject of the user's tokens: Cognito's `sub`")
  .action(({ user }: { user: string }) => {
    runCommand(async () => {
      const operations = await target();
      const event = { command: "end-sessions", userId: user, operator: operations.caller };
      await invoke(operations, event, `Ending the sessions of ${user}`);
    });
  });

program.parse();

/** Says on what the command acts before it does. */
async function target(): Promise<OperationsFunction> {
  const operations = await findOperationsFunction(program.opts<{ outputs?: string }>().outputs, localFolder());
  console.error(`On ${operations.description}:`);
  return operations;
}

/** Invokes the function, prints what it answers and returns that. */
async function invoke(operations: OperationsFunction, event: object, what: string): Promise<unknown> {
  const { config, name } = operations;
  // Twice would be no harm, but would hide how long the first has taken.
  const client = new LambdaClient({ ...config, maxAttempts: 1, requestHandler: { requestTimeout } });
  const { FunctionError, Payload } = await withProgress(what, () =>
    client.send(new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(event) })),
  ).catch((error: unknown) => {
    throw withoutFunction(error, operations);
  });
  const answer: unknown = JSON.parse(Payload?.transformToString() ?? "null");
  if (FunctionError !== undefined) throw new UserError((answer as { errorMessage: string }).errorMessage);
  console.log(JSON.stringify(answer, undefined, 2));
  return answer;
}
