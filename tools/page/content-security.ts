import { createHash } from "node:crypto";

/** Names a script or a style that stands in the page, so that it may act and no other (CSP level 3). */
export function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
