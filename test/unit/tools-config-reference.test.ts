import { readFileSync } from "node:fs";
import { join } from "node:path";
import { settings } from "../../lib/config";
import { configurationTable, withConfigurationTable } from "../../tools/config-reference";

describe("configuration reference", () => {
  it("has a row for every key, with its default and what is allowed", () => {
    const rows = configurationTable().trimEnd().split("\n").slice(2);
    expect(rows.map((row) => row.split("`")[1])).toEqual(Object.keys(settings));
    expect(rows).toContain(
      "| `availabilityZoneCount` | `2` | Availability zones to spread over. Allowed: a whole number from 2 to 3. |",
    );
  });

  it("is up to date in the documents (npm run docs)", () => {
    const document = readFileSync(join(__dirname, "../../docs/configuration.md"), "utf8");
    expect(withConfigurationTable(document)).toBe(document);
  });

  it("refuses a document without a place for it", () => {
    expect(() => withConfigurationTable("# tap\n")).toThrow('the document has no "<!-- configuration:begin -->"');
  });
});
