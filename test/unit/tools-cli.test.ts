import { runCommand, UserError } from "../../tools/cli";
import { awsError } from "./aws-answers";

/** What a command prints and ends with that fails so. */
async function outcomeOf(error: Error, exitCodeOf?: (error: unknown) => number) {
  const print = jest.spyOn(console, "error").mockImplementation();
  const before = process.exitCode;
  try {
    runCommand(() => Promise.reject(error), exitCodeOf);
    await new Promise(setImmediate);
    return { printed: print.mock.calls, exitCode: process.exitCode };
  } finally {
    print.mockRestore();
    process.exitCode = before;
  }
}

describe("a command that fails", () => {
  it("tells of the user's mistake, and of nothing else", async () => {
    expect(await outcomeOf(new UserError("There is no stack."))).toEqual({
      printed: [["\nThere is no stack."]],
      exitCode: 1,
    });
  });

  it("tells what to do about an error of AWS's, where that is known, and not where in the code it came up", async () => {
    const cause = awsError("ExpiredToken", "The security token included in the request is expired");
    expect(await outcomeOf(new Error("EC2 cannot be looked through", { cause }))).toEqual({
      printed: [
        [
          "\nAWS does not accept these credentials: The security token included in the request is expired\nSign in again, as by aws sso login, and run the same command again.",
        ],
      ],
      exitCode: 1,
    });
  });

  it("ends with the exit code that it has for the error", async () => {
    const error = new UserError("Nothing could be looked at.");
    expect((await outcomeOf(error, (given) => (given === error ? 2 : 1))).exitCode).toBe(2);
  });

  it("tells all of an error that nobody expected, in a text that the console does not color", async () => {
    const error = new Error("outer", { cause: new Error("inner") });
    error.stack = "Error: outer\n    at Stack (/work/node_modules/@pulumi/resource.ts:1598:22)";
    const { printed, exitCode } = await outcomeOf(error);
    expect({ printed, exitCode }).toEqual({ printed: [[expect.any(String)]], exitCode: 1 });
    expect(printed[0]).toEqual([expect.stringContaining(error.stack)]);
    expect(printed[0]).toEqual([expect.stringMatching(/\[cause\]: Error: inner\n/)]);
  });
});
