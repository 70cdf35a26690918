const {
  projects: [unit],
} = require("../../jest.config.js");

/** The unit tests, with mutants of the programs that they run. */
module.exports = {
  ...unit,
  rootDir: "../..",
  roots: [...unit.roots, "<rootDir>/test/mutation/fixtures"],
  testEnvironment: "<rootDir>/test/mutation/environment.ts",
  setupFilesAfterEnv: ["<rootDir>/test/mutation/recorder-replay.ts"],
  // The rules are asked before; what is refused registers nothing; what tools say of the program is no demand on it; and the mutation is not tried on itself.
  testPathIgnorePatterns: [
    "/policy-(program|rules)\\.test",
    "/wrong-configurations\\.test",
    "/(tools|plan|docs)-[^/]*\\.test",
    "/mutation\\.test",
  ],
  // A trial that is out of time says nothing of its mutant.
  testTimeout: 60_000,
};
