/** One project per kind of test; each npm script names the one it runs. */
const project = (displayName, overrides = {}) => ({
  displayName,
  testEnvironment: "node",
  roots: [`<rootDir>/test/${displayName}`],
  testMatch: ["**/*.test.ts"],
  // Types are checked by `npm run typecheck`; here they would only cost time.
  transform: { "^.+\\.ts$": ["ts-jest", { tsconfig: "tsconfig.json", diagnostics: false }] },
  ...overrides,
});

/** @type {import("jest").Config} */
module.exports = {
  projects: [
    project("unit", {
      // Pulumi loads these, which takes most of a test file's start, for what no test does: making functions into text.
      moduleNameMapper: { "^(@npmcli/arborist|typescript)$": "<rootDir>/test/unit/unused-module.ts" },
    }),
    project("service"),
    project("integration", {
      globalSetup: "<rootDir>/test/integration/global-setup.ts",
      setupFilesAfterEnv: ["<rootDir>/test/integration/patience.ts"],
    }),
    // Each file has a local cloud of its own (`Cloud.start()` of test/e2e/cloud.ts takes seconds, an `up` in it minutes, most of which the provider
    // waits), so the files run side by side in workers, and the longest of them is how long all take.
    project("e2e"),
    project("browser"),
  ],
};
