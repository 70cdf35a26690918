import {
  InvokeCommand,
  type InvokeCommandOutput,
  ResourceConflictException,
  ResourceNotReadyException,
} from "@aws-sdk/client-lambda";
import type { FunctionType } from "../../lib/naming";
import { aws, eventually, nameOf } from "./stack";

/** Seconds that a function takes at most to wake, which Lambda has set inactive after weeks without an invocation. */
export const wakeLimit = 180;

/** What a function of this environment answers, once it is awake. */
export async function invoke(type: FunctionType, event: object): Promise<unknown> {
  const { FunctionError, Payload } = await eventually(`the function ${type} is awake`, wakeLimit, () =>
    invokeAwake(new InvokeCommand({ FunctionName: nameOf(type), Payload: JSON.stringify(event) })),
  );
  const text = Buffer.from(Payload ?? []).toString();
  if (FunctionError !== undefined) throw new Error(`the function failed (${FunctionError}): ${text}`);
  return JSON.parse(text);
}

/** Nothing while Lambda refuses to invoke the function: the first time as inactive, which wakes it, then as pending. */
async function invokeAwake(command: InvokeCommand): Promise<InvokeCommandOutput | undefined> {
  try {
    return await aws.lambda.send(command);
  } catch (error) {
    if (error instanceof ResourceNotReadyException || error instanceof ResourceConflictException) return undefined;
    throw error;
  }
}
