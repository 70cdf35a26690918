import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { buildSync } from "esbuild";

const repositoryRoot = path.resolve(__dirname, "..");

/** Where deployment packages lie, by their hash, relative to the repository root, which the engine runs the program in. */
const bundleFolder = ".local/bundles";

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
  archive: pulumi.asset.AssetArchive;
  /** SHA-256 of the files: changes with the source and with nothing else. */
  sha256: string;
}

/**
 * The deployment package of {@link bundleFiles}, by files: texts would stand in the state, twice, and be written with it after every step
 * of a deployment.
 */
export function bundle(entryPoint: string): Bundle {
  const files = bundleFiles(entryPoint);
  const sha256 = createHash("sha256").update(JSON.stringify(files)).digest("hex");
  const folder = path.join(bundleFolder, sha256);
  keep(files, path.join(repositoryRoot, folder));
  const assets = Object.keys(files).map((name) => [name, new pulumi.asset.FileAsset(path.join(folder, name))] as const);
  return { archive: new pulumi.asset.AssetArchive(Object.fromEntries(assets)), sha256 };
}

/** Writes files into a folder at one stroke, as another deployment may read it. */
function keep(files: BundledFiles, folder: string): void {
  if (existsSync(folder)) return;
  mkdirSync(path.dirname(folder), { recursive: true });
  const draft = mkdtempSync(`${folder}-`);
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(draft, name), text);
  try {
    renameSync(draft, folder);
  } catch (error) {
    // Somebody else was faster.
    rmSync(draft, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
}
