/** `npm run evidence`: writes for auditors which rules a stack keeps, by clause, control and resource, in Markdown and JSON. */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command, Option } from "commander";
import { runCommand, UserError } from "./cli";
import { renderEvidence, summarize } from "./evidence/markdown";
import { type Evidence, evidenceOf, shortcomingsOf } from "./evidence/report";
import { deployedStack, readState } from "./evidence/state";
import { registerStack } from "./plan/register-stack";
import { policyResourceOf } from "./program";

interface Options {
  stack: string;
  state?: string;
  output: string;
}

const command = new Command("npm run evidence --")
  .description(
    "Holds a stack against the rules of policy/. Ends with 1 if it violates a mandatory one, or leaves it open.",
  )
  .option("--stack <name>", "what would be deployed for Pulumi.<stack>.yaml, offline", "dev")
  .addOption(
    new Option("--state <file>", "what is deployed: a file that `pulumi stack export` wrote").conflicts("stack"),
  )
  .option("--output <folder>", "where evidence.md and evidence.json go", ".local/evidence")
  .parse();

runCommand(async () => {
  const { output, ...from } = command.opts<Options>();
  const evidence = from.state === undefined ? await ofPreview(from.stack) : ofState(from.state);
  mkdirSync(output, { recursive: true });
  const files = { "evidence.md": renderEvidence(evidence), "evidence.json": JSON.stringify(evidence, undefined, 2) };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(output, name), text);
  console.log(
    `${summarize(evidence.results)}. Written: ${Object.keys(files)
      .map((name) => join(output, name))
      .join(", ")}`,
  );
  if (evidence.notExamined.length > 0) {
    console.log(`Not examined, as the stack has nothing that they are about: ${evidence.notExamined.join(", ")}.`);
  }
  const shortcomings = shortcomingsOf(evidence);
  if (shortcomings.length > 0) throw new UserError(shortcomings.join("\n"));
});

async function ofPreview(stack: string): Promise<Evidence> {
  const { resources } = await registerStack(stack);
  return evidenceOf(resources.map(policyResourceOf), { kind: "preview", name: stack }, new Date());
}

function ofState(file: string): Evidence {
  const text = readState(file);
  const sha256 = createHash("sha256").update(text).digest("hex");
  const { resources, pending } = deployedStack(text);
  const source = { kind: "deployed", name: file, sha256, ...(pending.length > 0 && { pending }) } as const;
  return evidenceOf(resources, source, new Date());
}
