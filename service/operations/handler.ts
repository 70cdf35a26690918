import type { Context } from "aws-lambda";
import { describeError, errorText } from "../describe-error";
import { type Command, parseCommand } from "./command";
import type { AuditDelivery } from "./deliver-audit";
import type { SessionEnding } from "./end-sessions";
import type { Log } from "../log";
import type { Verification } from "./verify-chain";

/** Milliseconds after which a delivery leaves what follows to the next one, which starts a minute after it. */
const deliveryLimit = 50_000;

/** Milliseconds of the function's time that a delivery leaves for the page it is at. */
const reserve = 60_000;

export interface OperationsHandlerArgs {
  delivery: AuditDelivery;
  verifyAudit: () => Promise<Verification>;
  sessionEnding: SessionEnding;
  log: Log;
}

/** Why a command failed, in words that hold nothing of what it was at. */
export class OperationError extends Error {
  override readonly name = "OperationError";
}

/** Runs one command for each event. What it answers and throws is kept by Lambda: it tells of no patient. */
export function createHandler({ delivery, verifyAudit, sessionEnding, log }: OperationsHandlerArgs) {
  const run = async (command: Command, context: Context): Promise<object> => {
    switch (command.command) {
      case "deliver-audit":
        return delivery.run(Date.now() + Math.min(deliveryLimit, context.getRemainingTimeInMillis() - reserve));
      case "verify-audit":
        return verifyAudit();
      case "end-sessions":
        return sessionEnding.run(command, context.awsRequestId);
    }
  };

  return async (event: unknown, context: Context): Promise<object> => {
    const command = parseCommand(event);
    try {
      return await run(command, context);
    } catch (error) {
      log.error("failed", { command: command.command, error: describeError(error) });
      throw new OperationError(`${command.command}: ${errorText(error)}`);
    }
  };
}
