import { readFileSync } from "node:fs";
import { join } from "node:path";
import { settings } from "../../lib/config";
import { maximumBodyBytes, pageSize, routes, scopes } from "../../service/contract";
import { repository } from "../../tools/paths";

const text = readFileSync(join(repository, "docs/api.md"), "utf8");

/** Cells of the rows of a table, by the header of its first column. */
function rowsOf(header: string): string[][] {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => new RegExp(`^\\| ${header} +\\|`).test(line));
  const end = lines.findIndex((line, index) => index > start && !line.startsWith("|"));
  return lines.slice(start + 2, end).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe("docs/api.md", () => {
  it("lists the operations with their scopes", () => {
    expect(rowsOf("operation").map((cells) => cells.slice(0, 3))).toEqual(
      routes.map(({ operationId, method, path, scope }) => [
        `\`${operationId}\``,
        `\`${method.toUpperCase()} ${path}\``,
        scope === null ? "" : `\`${scope}\``,
      ]),
    );
  });

  it("lists the scopes", () => {
    expect(rowsOf("scope").map(([scope]) => scope)).toEqual(Object.keys(scopes).map((scope) => `\`${scope}\``));
  });

  it("tells the remedy of every failure in the contract", () => {
    const remedied = rowsOf("status").flatMap(([statuses = "", , remedy]) => (remedy ? statuses.split(", ") : []));
    const failures = routes.flatMap(({ declared }) => Object.keys(declared.responses).filter((s) => Number(s) >= 400));
    expect(remedied).toEqual(expect.arrayContaining([...new Set(failures)]));
  });

  it("tells the limits", () => {
    expect(text).toContain(`at most ${maximumBodyBytes} bytes (${maximumBodyBytes / 1024} KiB; else 413)`);
    expect(text).toContain(`(1 to ${pageSize.maximum}, ${pageSize.default} unless given)`);
    expect(text).toContain(`${settings.apiRateLimit.default} requests a second`);
    expect(text).toContain(`${settings.apiBurstLimit.default} at once`);
    expect(text).toContain(`${settings.wafRateLimit.default} requests in five minutes`);
  });
});
