import { findStack } from "./outputs";

/** Says once, before any test runs, that there is nothing to test. */
export default function setup(): void {
  const { outputs, endpoint = "AWS" } = findStack(process.env);
  process.stdout.write(`\nTesting "${outputs.environmentSuffix}" in ${outputs.region} of ${endpoint}\n`);
}
