// The part of AWS Lambda's Node.js runtime that a function sees: reads one invocation a line from standard input,
// calls the handler, and answers with a line that begins with a token which only the server knows. Every other line
// of standard output and standard error is the function's log.
import console from "node:console";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { format } from "node:util";

const [token, handlerName] = process.argv.slice(2);

const answer = (kind, value) =>
  new Promise((done) => process.stdout.write(`\n${token} ${JSON.stringify({ kind, value })}\n`, done));

const failure = (error) => {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? "").split("\n") };
};

const runtimeFailure = (errorType, errorMessage) => ({
  errorType,
  errorMessage,
  trace: [`${errorType}: ${errorMessage}`],
});

async function loadHandler() {
  const [, file, name] = /^(.*)\.([^.]+)$/.exec(handlerName) ?? [];
  const path = [".mjs", ".js", ".cjs"].map((extension) => resolve(`${file}${extension}`)).find(existsSync);
  if (!path) throw runtimeFailure("Runtime.ImportModuleError", `Error: Cannot find module '${file}'`);
  let module;
  try {
    module = await import(pathToFileURL(path).href);
  } catch (error) {
    throw error?.code === "ERR_MODULE_NOT_FOUND" || error?.code === "MODULE_NOT_FOUND"
      ? runtimeFailure("Runtime.ImportModuleError", `Error: ${error.message}`)
      : failure(error);
  }
  const handler = module[name] ?? module.default?.[name];
  if (typeof handler !== "function")
    throw runtimeFailure("Runtime.HandlerNotFound", `${handlerName} is undefined or not exported`);
  return handler;
}

/** With the log format JSON the runtime wraps what goes through the console, and drops what is below the level. */
function logJson(level) {
  const levels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
  const methods = { trace: "TRACE", debug: "DEBUG", log: "INFO", info: "INFO", warn: "WARN", error: "ERROR" };
  for (const [method, ownLevel] of Object.entries(methods)) {
    console[method] = (...values) => {
      if (levels.indexOf(ownLevel) < levels.indexOf(level)) return;
      const message = values.length === 1 && typeof values[0] === "object" ? values[0] : format(...values);
      const line = { timestamp: new Date().toISOString(), level: ownLevel, requestId, message };
      process.stdout.write(`${JSON.stringify(line)}\n`);
    };
  }
}

function contextOf({ context, deadline }) {
  return {
    ...context,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

function call(handler, event, context) {
  return new Promise((done, fail) => {
    const result = handler(event, context, (error, value) => (error ? fail(error) : done(value)));
    if (typeof result?.then === "function" || handler.length < 3) done(result);
  });
}

async function exitWith(errorType, error) {
  await answer("crash", { ...failure(error), errorType });
  process.exit(129);
}
process.on("uncaughtException", (error) => void exitWith("Runtime.UncaughtException", error));
process.on("unhandledRejection", (error) => void exitWith("Runtime.UnhandledPromiseRejection", error));

let requestId;
if (process.env.AWS_LAMBDA_LOG_FORMAT === "JSON") logJson(process.env.AWS_LAMBDA_LOG_LEVEL);

let handler;
try {
  handler = await loadHandler();
} catch (error) {
  await answer("crash", error);
  process.exit(1);
}
await answer("ready");

for await (const line of createInterface({ input: process.stdin })) {
  const invocation = JSON.parse(line);
  requestId = invocation.context.awsRequestId;
  try {
    const result = await call(handler, invocation.event, contextOf(invocation));
    await answer("result", result ?? null);
  } catch (error) {
    const reported = failure(error);
    console.error("Invoke Error", JSON.stringify(reported));
    await answer("failure", reported);
  }
}
