import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { storedBundle } from "../../lib/bundle-store";

const entryPoint = "service/records/index.ts";

const sources = [
  entryPoint,
  "service/log.ts",
  "lib/bundle.ts",
  "package.json",
  "tsconfig.json",
  "node_modules/.package-lock.json",
];

describe("the store of bundles", () => {
  let repository: string;
  let made: number;

  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(repository, file)), { recursive: true });
    writeFileSync(join(repository, file), text);
  };
  const bundle = (text: string) =>
    storedBundle(
      entryPoint,
      () => {
        made++;
        return { "index.mjs": text, "index.mjs.map": "{}" };
      },
      repository,
    );
  const folderOf = (sha256: string) => `.local/bundles/service/records/${sha256}`;

  beforeEach(() => {
    repository = mkdtempSync(join(tmpdir(), "bundles-"));
    made = 0;
    for (const file of sources) write(file, `this is ${file}`);
  });

  afterEach(() => {
    rmSync(repository, { recursive: true });
  });

  it("holds a bundle's files in a folder that is named by their hash", () => {
    const { folder, sha256 } = bundle("one");
    const hash = createHash("sha256").update('{"index.mjs":"one","index.mjs.map":"{}"}').digest("hex");
    expect({ folder, sha256 }).toEqual({ folder: folderOf(hash), sha256: hash });
    expect(readFileSync(join(repository, folder, "index.mjs"), "utf8")).toBe("one");
    expect(readFileSync(join(repository, folder, "index.mjs.map"), "utf8")).toBe("{}");
  });

  it("has a bundle made once, as long as nothing has changed", () => {
    const first = bundle("one");
    expect(bundle("of no use")).toEqual(first);
    expect(made).toBe(1);
  });

  it.each(sources)("has it made again when %s has changed", (file) => {
    bundle("one");
    appendFileSync(join(repository, file), "!");
    const { folder } = bundle("two");
    expect(readFileSync(join(repository, folder, "index.mjs"), "utf8")).toBe("two");
    expect(made).toBe(2);
  });

  it("has it made again when there is one source more, or its folder is gone", () => {
    const { folder } = bundle("one");
    write("service/records/index/index.ts", "stands before another when it is imported");
    bundle("one");
    expect(made).toBe(2);
    rmSync(join(repository, folder), { recursive: true });
    bundle("one");
    expect(made).toBe(3);
    expect(existsSync(join(repository, folder))).toBe(true);
  });

  it("has it made each time where npm has not written down what is installed", () => {
    rmSync(join(repository, "node_modules"), { recursive: true });
    bundle("one");
    expect(bundle("two").folder).not.toBe(bundle("one").folder);
    expect(made).toBe(3);
  });

  it("keeps the last bundle beside the new one, and no other", () => {
    const folders = ["one", "two", "three"].map((text) => {
      appendFileSync(join(repository, entryPoint), "!");
      return bundle(text).folder;
    });
    expect(folders.map((folder) => existsSync(join(repository, folder)))).toEqual([false, true, true]);
  });
});
