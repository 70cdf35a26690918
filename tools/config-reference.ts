import { settings } from "../lib/config";
import { withGenerated } from "./generated-section";

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
  return withGenerated(document, "configuration", configurationTable());
}
