import { bundleFiles } from "../../lib/bundle";
import type { Figure } from "./figures";

/** What Lambda loads of the records function, all modules together. */
export function bundleSize(): Figure {
  const modules = Object.entries(bundleFiles("service/records/index.ts")).filter(([name]) => name.endsWith(".mjs"));
  const measured = modules.reduce((sum, [, text]) => sum + Buffer.byteLength(text), 0);
  return { name: "bundle of the records function", measured, unit: "B", limit: { under: 1_000_000 } };
}
