import {
  InvokeCommand,
  type InvokeCommandOutput,
  ResourceConflictException,
  ResourceNotReadyException,
} from "@aws-sdk/client-lambda";
import type { FunctionType } from "../../lib/naming";
import { aws, eventually, nameOf, present } from "./stack";

/** Seconds that a function takes at most to wake, which Lambda has set inactive after weeks without an invocation. */
export const wakeLimit = 180;

/** What came of an invocation. */
export interface Invocation {
  answer: unknown;
  /** Lambda's id of it. */
  requestId: string;
  /** The last 4 KiB of its log, which arrive in the log group some time later. */
  log: string;
}

/** What a function of this environment answers, once it is awake. */
export const invoke = async (type: FunctionType, event: object) => (await invokeWithLog(type, event)).answer;

/** The same, with what the function has logged. */
export async function invokeWithLog(type: FunctionType, event: object): Promise<Invocation> {
  const { $metadata, FunctionError, LogResult, Payload } = await eventually(
    `the function ${type} is awake`,
    wakeLimit,
    () =>
      invokeAwake(new InvokeCommand({ FunctionName: nameOf(type), LogType: "Tail", Payload: JSON.stringify(event) })),
  );
  const text = Buffer.from(Payload ?? []).toString();
  if (FunctionError !== undefined) throw new Error(`the function failed (${FunctionError}): ${text}`);
  return {
    answer: JSON.parse(text),
    requestId: present($metadata.requestId, "id of the invocation"),
    log: Buffer.from(present(LogResult, "log of the invocation"), "base64").toString(),
  };
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
