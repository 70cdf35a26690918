import { settings } from "../lib/config";
import { withGenerated } from "./generated-section";
import { markdownTable } from "./markdown-table";

/** Every configuration key as a Markdown table. */
export function configurationTable(): string {
  const rows = Object.entries(settings).map(([key, { description, allowed, default: value }]) => {
    const shown = typeof value === "string" ? value : JSON.stringify(value);
    return [`\`${key}\``, shown === "" ? "" : `\`${shown}\``, `${description} Allowed: ${allowed}.`];
  });
  return `${markdownTable(["key", "default", "means"], rows)}\n`;
}

/** A document with its configuration table brought up to date. */
export function withConfigurationTable(document: string): string {
  return withGenerated(document, "configuration", configurationTable());
}
