import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { buildSync } from "esbuild";

const repositoryRoot = path.resolve(__dirname, "..");

/** CommonJS dependencies load Node's own modules with `require`, which an ES module does not have. */
const requireForCommonJs =
  'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);';

/** Files of a function's deployment package by name. */
export type BundledFiles = Record<"index.mjs" | "index.mjs.map", string>;

/**
 * Bundles a Lambda function with everything it uses, AWS SDK included, into one minified ES module for Node.js 20
 * and later, with a source map without the sources. The same source gives the same bytes on every machine, so that
 * an unchanged function is an unchanged stack.
 *
 * @param entryPoint relative to the repository root, such as `service/records/index.ts`
 */
export function bundleFiles(entryPoint: string): BundledFiles {
  const { outputFiles } = buildSync({
    absWorkingDir: repositoryRoot,
    entryPoints: [entryPoint],
    outfile: "index.mjs",
    write: false,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    mainFields: ["module", "main"],
    minify: true,
    sourcemap: "linked",
    sourcesContent: false,
    legalComments: "none",
    // Optional companions of pg and @redis/client that nothing here asks for, whether installed or not.
    external: ["pg-native", "@opentelemetry/api", "@node-rs/xxhash"],
    banner: { js: requireForCommonJs },
    logLevel: "silent",
  });
  const text = (name: keyof BundledFiles) => {
    const file = outputFiles.find((output) => path.basename(output.path) === name);
    if (!file) throw new Error(`the bundler made no ${name} for ${entryPoint}`);
    return file.text;
  };
  return { "index.mjs": text("index.mjs"), "index.mjs.map": text("index.mjs.map") };
}

/** The deployment package of {@link bundleFiles}; its handler is `index.handler`. */
export function bundle(entryPoint: string): pulumi.asset.AssetArchive {
  const files = Object.entries(bundleFiles(entryPoint));
  return new pulumi.asset.AssetArchive(
    Object.fromEntries(files.map(([name, text]) => [name, new pulumi.asset.StringAsset(text)])),
  );
}
