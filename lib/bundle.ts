import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { buildSync } from "esbuild";
import { storedBundle } from "./bundle-store";

const repositoryRoot = path.resolve(__dirname, "..");

/** CommonJS dependencies load Node's own modules with `require`, which an ES module does not have. */
const requireForCommonJs =
  'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);';

/** Files of a function's deployment package by name: `index.mjs`, the parts that it loads only when it needs them, and their source maps. */
export type BundledFiles = Record<string, string>;

/**
 * Bundles a Lambda function with everything it uses, AWS SDK included, into minified ES modules for Node.js 20
 * and later, with source maps without the sources. The same source gives the same bytes on every machine, so that
 * an unchanged function is an unchanged stack.
 *
 * @param entryPoint relative to the repository root, such as `service/records/index.ts`
 */
export function bundleFiles(entryPoint: string): BundledFiles {
  const { outputFiles } = buildSync({
    absWorkingDir: repositoryRoot,
    entryPoints: [{ in: entryPoint, out: "index" }],
    outdir: "bundle",
    outExtension: { ".js": ".mjs" },
    write: false,
    bundle: true,
    // What is imported on demand, such as credentials from elsewhere than the environment, must not slow the start.
    splitting: true,
    platform: "node",
    target: "node20",
    format: "esm",
    mainFields: ["module", "main"],
    // Modules are named by where they are installed, wherever that may link to.
    preserveSymlinks: true,
    minify: true,
    sourcemap: "linked",
    sourcesContent: false,
    legalComments: "none",
    // An optional companion of pg that nothing here asks for, whether installed or not.
    external: ["pg-native"],
    // As Node.js has it from version 21. Where it is missing, pg loads `fetch` to find out where it runs.
    define: { navigator: '{"userAgent":"Node.js"}' },
    banner: { js: requireForCommonJs },
    logLevel: "silent",
  });
  const files = outputFiles.map(({ path: file, text }) => [path.basename(file), text] as const);
  return Object.fromEntries(files.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** A function's deployment package; its handler is `index.handler`. */
export interface Bundle {
  archive: pulumi.asset.Archive;
  /** SHA-256 of the files: changes with the source and with nothing else. */
  sha256: string;
}

/** The deployment package of {@link bundleFiles} for an entry point under `service/`. */
export function bundle(entryPoint: string): Bundle {
  const { folder, sha256 } = storedBundle(entryPoint, bundleFiles);
  return { archive: new pulumi.asset.FileArchive(folder), sha256 };
}
