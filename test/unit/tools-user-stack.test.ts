import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../tools/cli";
import { UserStack } from "../../tools/user-stack";

const folder = mkdtempSync(join(tmpdir(), "user-stack-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A stack whose CLI prints this, whatever it is asked. */
function stackOf(name: string, printed: string, exitCode = 0): UserStack {
  const cli = join(folder, name);
  writeFileSync(`${cli}.txt`, printed);
  writeFileSync(cli, `#!/bin/sh\ncat "$0.txt"\nexit ${exitCode}\n`);
  chmodSync(cli, 0o755);
  return new UserStack(cli, "pr-42");
}

describe("what the next up would create", () => {
  const topic = { urn: "urn:topic", type: "aws:sns/topic:Topic", custom: true };
  const component = { urn: "urn:tap", type: "tap:stack:TapStack", custom: false };

  it("is read from a preview: resources that are not there yet, and no components", async () => {
    const steps = [
      { op: "create", newState: component },
      { op: "same", newState: { ...topic, urn: "urn:other" } },
      { op: "create", newState: { ...topic, inputs: { name: "alerts-pr-42" } } },
      { op: "refresh" },
    ];
    const stack = stackOf("creates", JSON.stringify({ steps }));
    expect(await stack.missing()).toEqual([{ ...topic, inputs: { name: "alerts-pr-42" } }]);
  });

  it("comes without secrets and without what is not known yet", async () => {
    const inputs = {
      name: "alerts-pr-42",
      kmsMasterKeyId: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
      nested: { authToken: "[secret]" },
    };
    const stack = stackOf("withholds", JSON.stringify({ steps: [{ op: "create", newState: { ...topic, inputs } }] }));
    expect(await stack.missing()).toEqual([{ ...topic, inputs: { name: "alerts-pr-42" } }]);
  });

  it("cannot be told when the preview fails, and what the preview said is told instead", async () => {
    const diagnostics = [
      { severity: "warning", message: "this is only a warning" },
      { severity: "error", message: '"alarm_actions": null value found' },
    ];
    const missing = stackOf("fails", JSON.stringify({ diagnostics }), 255).missing();
    await expect(missing).rejects.toThrow(UserError);
    await expect(missing).rejects.toThrow(
      /^What the program wants cannot be told, as its preview fails:\n"alarm_actions": null value found$/,
    );
  });

  it("cannot be told when the CLI fails before a preview, with its own words", async () => {
    await expect(stackOf("breaks", "no such stack", 255).missing()).rejects.toMatchObject({ stdout: "no such stack" });
  });
});
