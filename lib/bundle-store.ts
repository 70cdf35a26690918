import { createHash, randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

/** Beside `service/`, all that decides what bundles hold: how they are made, and the packages that npm has installed. */
const otherSources = ["lib/bundle.ts", "package.json", "tsconfig.json", "node_modules/.package-lock.json"];

/** A bundle as files on disk. */
export interface StoredBundle {
  /** Relative to the repository, which is where programs run. */
  folder: string;
  /** SHA-256 of the files: changes with them and with nothing else. */
  sha256: string;
}

/** What a bundle was made from, and what came of it. */
interface Made {
  sources: string;
  sha256: string;
}

/**
 * The bundle of an entry point under `service/`, made anew only when something that it may depend on has changed. The engine is given paths to files
 * because it would compress, log and pass on texts several times over, which took longer than all else in a preview.
 *
 * @param make bundles the entry point
 */
export function storedBundle(
  entryPoint: string,
  make: (entryPoint: string) => Record<string, string>,
  repository = path.resolve(__dirname, ".."),
): StoredBundle {
  const store = path.join(".local/bundles", path.dirname(entryPoint));
  const folderOf = (sha256: string) => path.join(store, sha256);
  const record = path.join(repository, store, "made.json");
  const sources = hashOfSources(repository);
  const last = readMade(record);
  if (last && last.sources === sources && fs.existsSync(path.join(repository, folderOf(last.sha256)))) {
    return { folder: folderOf(last.sha256), sha256: last.sha256 };
  }

  const files = make(entryPoint);
  const sha256 = createHash("sha256").update(JSON.stringify(files)).digest("hex");
  const drafts = path.join(repository, ".local/drafts");
  writeFolder(path.join(repository, folderOf(sha256)), files, drafts);
  if (sources !== undefined) replaceFile(record, JSON.stringify({ sources, sha256 } satisfies Made), drafts);
  // An operation that has begun before may still need the last one.
  removeOthers(path.join(repository, store), [sha256, last?.sha256, path.basename(record)]);
  return { folder: folderOf(sha256), sha256 };
}

/** Undefined where what is installed cannot be told: only npm writes that down. */
function hashOfSources(repository: string): string | undefined {
  const service = fs.readdirSync(path.join(repository, "service"), { recursive: true, withFileTypes: true });
  const files = service
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(repository, path.join(entry.parentPath, entry.name)))
    .sort();
  const hash = createHash("sha256");
  for (const file of [...files, ...otherSources]) {
    const absolute = path.join(repository, file);
    if (!fs.existsSync(absolute)) return undefined;
    const content = fs.readFileSync(absolute);
    hash.update(`${file}\n${content.length}\n`).update(content);
  }
  return hash.digest("hex");
}

function readMade(record: string): Made | undefined {
  return fs.existsSync(record) ? (JSON.parse(fs.readFileSync(record, "utf8")) as Made) : undefined;
}

/** Makes a folder appear whole or not at all, as other programs may be making the same one. */
function writeFolder(folder: string, files: Record<string, string>, drafts: string): void {
  if (fs.existsSync(folder)) return;
  const draft = newDraft(drafts);
  fs.mkdirSync(draft);
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(draft, name), text);
  fs.mkdirSync(path.dirname(folder), { recursive: true });
  try {
    fs.renameSync(draft, folder);
  } catch (error) {
    fs.rmSync(draft, { recursive: true });
    if (!fs.existsSync(folder)) throw error;
  }
}

function replaceFile(file: string, text: string, drafts: string): void {
  const draft = newDraft(drafts);
  fs.writeFileSync(draft, text);
  fs.renameSync(draft, file);
}

/** Where something can be written that nobody sees before it is complete. */
function newDraft(drafts: string): string {
  fs.mkdirSync(drafts, { recursive: true });
  return path.join(drafts, randomUUID());
}

function removeOthers(folder: string, kept: (string | undefined)[]): void {
  for (const name of fs.readdirSync(folder).filter((other) => !kept.includes(other))) {
    fs.rmSync(path.join(folder, name), { recursive: true, force: true });
  }
}
