import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BundledFiles, bundleFiles } from "../../lib/bundle";

/** Bundles a program as functions are bundled, into a folder. */
export function bundleInto(folder: string, entryPoint: string): BundledFiles {
  const files = bundleFiles(entryPoint);
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return files;
}
