import { PassThrough } from "node:stream";
import { confirm } from "../../tools/confirmation";

function terminal(typed: string, isTTY = true) {
  const input = Object.assign(new PassThrough(), { isTTY });
  const output = new PassThrough();
  input.end(typed);
  return { input, output };
}

it("asks, and takes the word", async () => {
  const streams = terminal("pr-42\n");
  await expect(confirm("Type the suffix:", "pr-42", streams)).resolves.toBeUndefined();
  expect(String(streams.output.read())).toContain("Type the suffix: ");
});

it.each(["pr-4", "pr-421", "PR-42", " pr-42", "y", "yes", ""])("does not take %j for it", async (typed) => {
  await expect(confirm("Type the suffix:", "pr-42", terminal(`${typed}\n`))).rejects.toThrow(
    `Nothing was done: "${typed}" is not "pr-42".`,
  );
});

it("does not take the word where nobody types", async () => {
  await expect(confirm("Type the suffix:", "pr-42", terminal("pr-42\n", false))).rejects.toThrow(
    "Nothing was done: that is confirmed in a terminal, or by --yes.",
  );
});
