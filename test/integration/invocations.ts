import { InvokeCommand } from "@aws-sdk/client-lambda";
import type { FunctionType } from "../../lib/naming";
import { aws, nameOf } from "./stack";

/** What a function of this environment answers. */
export async function invoke(type: FunctionType, event: object): Promise<unknown> {
  const { FunctionError, Payload } = await aws.lambda.send(
    new InvokeCommand({ FunctionName: nameOf(type), Payload: JSON.stringify(event) }),
  );
  const text = Buffer.from(Payload ?? []).toString();
  if (FunctionError !== undefined) throw new Error(`the function failed (${FunctionError}): ${text}`);
  return JSON.parse(text);
}
