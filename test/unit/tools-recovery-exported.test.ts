import { UserError } from "../../tools/cli";
import { exported } from "../../tools/recovery/exported";

/** A stack of whose state the CLI says this. */
const failing = (stderr: string) => ({
  stack: "pr-42",
  export: () => Promise.reject(Object.assign(new Error("Command failed"), { stderr })),
});

it.each([
  ["error: no stack named 'pr-42' found\n", /^There is no stack "pr-42" in the backend that you are logged in to\.\n/],
  [
    "error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions\n",
    /^You are logged in to no backend\. /,
  ],
  [
    "error: failed to load checkpoint: unexpected end of JSON input\n",
    /^The state of "pr-42" is half written\. .* delete pr-42\.json\.attrs;/,
  ],
])("a state that is not there is told with the way out: %j", async (stderr, told) => {
  const state = exported(failing(stderr));
  await expect(state).rejects.toThrow(UserError);
  await expect(state).rejects.toThrow(told);
});

it("what else the CLI says is left to it", async () => {
  await expect(exported(failing("error: something else"))).rejects.toMatchObject({ stderr: "error: something else" });
});

it("a state that is there is taken", async () => {
  const deployment = { resources: [] };
  expect(await exported({ stack: "pr-42", export: () => Promise.resolve(deployment) })).toBe(deployment);
});
