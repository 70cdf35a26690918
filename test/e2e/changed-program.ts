import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../../tools/paths";

const parts = ["index.ts", "lib", "service", "Pulumi.yaml", "package.json", "tsconfig.json", "tsconfig.run.json"];

/** A copy of the program in a new folder, with a text put into one of its files after another. */
export function changedProgram(folder: string, change: { file: string; after: string; text: string }): string {
  for (const part of parts) cpSync(join(repository, part), join(folder, part), { recursive: true });
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
  const file = join(folder, change.file);
  const [before, ...rest] = readFileSync(file, "utf8").split(change.after);
  if (before === undefined || rest.length !== 1) throw new Error(`${change.file} does not hold "${change.after}" once`);
  writeFileSync(file, `${before}${change.after}${change.text}${rest.join("")}`);
  return folder;
}
