import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../tools/cli";
import type { ResourceState } from "../../tools/stack-commands";
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

  it("is also what a replacement has deleted before it was made again, but nothing else that is replaced", async () => {
    const replaced = (pendingReplacement: boolean) => ({
      op: "replace",
      oldState: { ...topic, id: "arn:1", pendingReplacement },
      newState: { ...topic, urn: `urn:${pendingReplacement}`, inputs: { name: "alerts-pr-42" } },
    });
    const stack = stackOf("replaces", JSON.stringify({ steps: [replaced(true), replaced(false)] }));
    expect(await stack.missing()).toEqual([{ ...topic, urn: "urn:true", inputs: { name: "alerts-pr-42" } }]);
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

describe("the state", () => {
  const read = { manifest: { time: "2026-01-01T00:00:00Z" }, resources: [] };
  const written = { ...read, resources: [{ urn: "urn:topic", type: "aws:sns/topic:Topic" }] };
  /** A stack that has this state, and a file with what the CLI was last given in place of it. */
  const stackWith = (name: string, deployment: object) => {
    const cli = join(folder, name);
    writeFileSync(`${cli}.txt`, JSON.stringify({ version: 3, deployment }));
    writeFileSync(cli, '#!/bin/sh\nif [ "$3" = import ]; then cp "$5" "$0.imported"; else cat "$0.txt"; fi\n');
    chmodSync(cli, 0o755);
    return { stack: new UserStack(cli, "pr-42"), imported: `${cli}.imported` };
  };

  it("is replaced as long as it is the one that was read", async () => {
    const { stack, imported } = stackWith("same", read);
    await stack.import(written, await stack.export());
    expect(JSON.parse(readFileSync(imported, "utf8"))).toEqual({ version: 3, deployment: written });
  });

  it("is kept when another command has written it since", async () => {
    const { stack, imported } = stackWith("newer", { ...read, manifest: { time: "2026-01-01T00:05:00Z" } });
    const replaced = stack.import(written, read);
    await expect(replaced).rejects.toThrow(UserError);
    await expect(replaced).rejects.toThrow(
      'Another command has changed the state of "pr-42" in the meantime. Run the same command again.',
    );
    expect(existsSync(imported)).toBe(false);
  });
});

describe("the lock", () => {
  /** What the CLI is called with to try it. */
  const tried = async (name: string, resources: ResourceState[]) => {
    const cli = join(folder, name);
    writeFileSync(cli, '#!/bin/sh\necho "$@" > "$0.called"\n');
    chmodSync(cli, 0o755);
    await new UserStack(cli, "pr-42").tryLock(resources);
    return readFileSync(`${cli}.called`, "utf8").trim();
  };

  it("is tried by what changes nothing and keeps the pending operations, not by an import", async () => {
    const root = { urn: "urn:pulumi:pr-42::tap::pulumi:pulumi:Stack::tap-pr-42", type: "pulumi:pulumi:Stack" };
    expect(await tried("resources", [root, { urn: "urn:topic", type: "aws:sns/topic:Topic" }])).toBe(
      `--non-interactive state untaint ${root.urn} --yes --stack pr-42`,
    );
  });

  it("is tried while there are no resources yet", async () => {
    expect(await tried("empty", [])).toBe("--non-interactive state untaint --all --yes --stack pr-42");
  });
});
