import type { Circus } from "@jest/types";
import type { Runner } from "./meetings";

/** A copy of a block's tests, with its hooks, to be run once more: of the tests that one of the runners belongs to. */
export function copyOf(
  block: Circus.DescribeBlock,
  parent: Circus.DescribeBlock,
  isWanted: (runner: Runner) => boolean,
): Circus.DescribeBlock {
  const copy: Circus.DescribeBlock = { ...block, parent, children: [] };
  copy.hooks = block.hooks.map((hook) => ({ ...hook, parent: copy }));
  const isWhole = block.hooks.some(({ fn }) => isWanted(fn));
  for (const child of block.children) {
    if (child.type === "describeBlock") copy.children.push(copyOf(child, copy, isWhole ? () => true : isWanted));
    else if (isWhole || isWanted(child.fn)) copy.children.push(copyOfTest(child, copy));
  }
  return copy;
}

function copyOfTest(test: Circus.TestEntry, parent: Circus.DescribeBlock): Circus.TestEntry {
  return { ...test, parent, errors: [], unhandledRejectionErrorByPromise: new Map() };
}

/** Leaves out what of a block has not run yet, hooks included. */
export function skip(block: Circus.DescribeBlock): void {
  for (const child of block.children) {
    if (child.type === "describeBlock") skip(child);
    else child.mode = "skip";
  }
}

/** As jest shows it; without the name of the copy, which is the outermost block. */
export function titleOfTest({ name, parent }: Circus.TestEntry): string {
  const titles = [name];
  for (let block = parent; block.parent?.parent; block = block.parent) titles.unshift(block.name);
  return titles.join(" › ");
}
