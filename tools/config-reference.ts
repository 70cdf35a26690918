import { settings } from "../lib/config";

const begin = "<!-- configuration:begin -->\n<!-- prettier-ignore-start -->\n";
const end = "<!-- prettier-ignore-end -->\n<!-- configuration:end -->";

/** Every configuration key as a Markdown table. */
export function configurationTable(): string {
  const rows = Object.entries(settings).map(([key, { description, allowed, default: value }]) => {
    const shown = typeof value === "string" ? value : JSON.stringify(value);
    return `| \`${key}\` | ${shown === "" ? "" : `\`${shown}\``} | ${description} Allowed: ${allowed}. |\n`;
  });
  return `| key | default | means |\n| --- | --- | --- |\n${rows.join("")}`;
}

/** A document with its configuration table brought up to date. */
export function withConfigurationTable(document: string): string {
  const [before, rest] = document.split(begin);
  const [, after] = rest?.split(end) ?? [];
  if (before === undefined || after === undefined)
    throw new Error(`the document has no "${begin.split("\n")[0] ?? ""}"`);
  return `${before}${begin}${configurationTable()}${end}${after}`;
}
