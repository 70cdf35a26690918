import program from "../../bootstrap/index";
import { freshAccount } from "./program";
import { record, type Recorded } from "./recorder";

export const repository = "example/tap";

/** Runs the program in `bootstrap/`, as the engine would. */
export function recordBootstrap(
  configuration: Record<string, string> = {},
  calls: typeof freshAccount = freshAccount,
): Promise<Recorded[]> {
  return record(program, { calls, configuration: { githubRepository: repository, ...configuration }, stack: "account" });
}
