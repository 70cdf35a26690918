import { existsSync } from "node:fs";

/** Where Linux distributions, Chrome's own packages and macOS put it. */
const places = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Path of a Chromium or Chrome: CHROME_PATH, else where they usually are. */
export function findBrowser(): string | undefined {
  return [process.env.CHROME_PATH ?? "", ...places].find((path) => path !== "" && existsSync(path));
}

/** Alone, without a sandbox of its own, and without asking its maker for anything. */
export const browserArguments = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
