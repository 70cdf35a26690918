type Format = (error: Error, frames: NodeJS.CallSite[]) => string;

/** Set by TypeScript's loader, which shows the lines of the source. */
const { prepareStackTrace: format } = Error as { prepareStackTrace?: Format };

const leaksAreShown = Boolean(process.env.PULUMI_DEBUG_PROMISE_LEAKS);

/**
 * Pulumi notes with each of its thousands of promises where it was made, for a message that only PULUMI_DEBUG_PROMISE_LEAKS shows, and TypeScript's loader
 * looks up every line of that. A preview is a fifth faster without.
 */
const isUnread = ([frame]: NodeJS.CallSite[]) => !leaksAreShown && frame?.getFunctionName() === "debuggablePromise";

/** The last step to a file that stands right in `node_modules`, or in a scope of it. */
const toFileInNoPackage = /([/\\])node_modules\1(@[^/\\\n]+\1)?(?=[^/\\\n]*$)/gm;

/**
 * Pulumi's source maps leave the package out: `node_modules/@pulumi/resource.ts`. Node.js up to 20.20 and 22.23 comes to no end when it colors such a line, but
 * to the longest text there can be (nodejs/node#64011): any error of the program would take 20 seconds and half a gigabyte to be told.
 */
const withFolders = (trace: string) => trace.replace(toFileInNoPackage, "$&.$1");

// For every trace that is made from now on, which is why the program imports this module first.
if (format) {
  Error.prepareStackTrace = (error, frames) => (isUnread(frames) ? "" : withFolders(format(error, frames)));
}
