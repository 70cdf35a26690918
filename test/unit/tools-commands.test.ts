import { readFileSync } from "node:fs";
import { join } from "node:path";
import packageJson from "../../package.json";
import { commands } from "../../tools/commands";
import { repository } from "../../tools/paths";

const scripts = Object.keys(packageJson.scripts).sort();

describe("npm run help", () => {
  it("has a line for every script, and for nothing else", () => {
    expect(Object.keys(commands).sort()).toEqual(scripts);
    expect(Object.entries(commands).filter(([, line]) => !/^\w.{10,}[^.]$/.test(line))).toEqual([]);
  });

  it("is told in the README with all of them, and with no other", () => {
    const readme = readFileSync(join(repository, "README.md"), "utf8");
    const named = [...readme.matchAll(/`?npm (?:run ([a-z0-9:-]+)|(test)\b)/g)].map(
      ([, script, test]) => script ?? test,
    );
    expect([...new Set(named)].sort()).toEqual(scripts);
  });
});
