import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Html, html } from "./html";

const theme = readFileSync(join(__dirname, "theme.css"), "utf8");

/** A page of its own: what it looks like beside the theme of all pages, what it does, and what it holds. */
export interface Page {
  title: string;
  style: string;
  script: string;
  /** What it may do beside looking and acting as it says itself: directives of its content security policy. */
  allowed?: string[];
  body: Html;
}

/** A page as one HTML document that loads nothing: only what stands in it itself may act (CSP level 3). */
export function pageDocument({ allowed = [], body, script, style: own, title }: Page): string {
  const style = theme + own;
  const policy = [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    `script-src ${hashOf(script)}`,
    ...allowed,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ];
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy.join("; ")}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        ${new Html(`<style>${style}</style>`)}
      </head>
      <body>
        ${body} ${new Html(`<script>${script}</script>`)}
      </body>
    </html>`.text;
}

/** Names a script or a style that stands in the page, so that it may act and no other. */
function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
