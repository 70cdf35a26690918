import { spawn } from "node:child_process";
import { localAwsEnvironment } from "./aws-environment";
import { type LocalFolder, repository } from "./paths";

/** Runs the integration suite against a deployed environment; true when it passed. */
export async function runIntegrationSuite(options: {
  folder: LocalFolder;
  stack: string;
  endpoint: string;
  /** File descriptor for the suite's output; the terminal's unless given. */
  output?: number;
}): Promise<boolean> {
  const { endpoint, folder, output = "inherit", stack } = options;
  const child = spawn(
    process.execPath,
    [require.resolve("jest/bin/jest"), "--selectProjects", "integration", "--runInBand", "--verbose"],
    {
      cwd: repository,
      // A local AWS that is not ours says itself where it keeps its state.
      env: { TAP_LOCAL_STATE: folder.awsState, ...localAwsEnvironment(endpoint), STACK_OUTPUTS: folder.outputs(stack) },
      stdio: ["ignore", output, output],
    },
  );
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => {
      resolve(code === 0);
    });
  });
}
