import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { repository } from "../paths";
import type { Figure } from "./figures";
import { median } from "./median";
import { timed } from "./timed";

const jest = join(repository, "node_modules/.bin/jest");

/** Runs the unit tests of every component once, and those of the slowest and an empty one by turns. */
export async function componentTests(rounds: number): Promise<Figure[]> {
  const once: { component: string; cpu: number }[] = [];
  // The first finds nothing in jest's cache.
  for (const component of [...components(), ...components()]) once.push({ component, cpu: await unitTest(component) });
  const [slowest] = once.slice(once.length / 2).sort((one, other) => other.cpu - one.cpu);
  if (!slowest) throw new Error("there is no component with a unit test");

  const times = { component: [] as number[], empty: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    times.component.push(await unitTest(slowest.component));
    times.empty.push(await emptyTest());
  }
  const [component, empty] = [median(times.component), median(times.empty)];
  return [
    { name: `unit tests of ${slowest.component}, the slowest component`, measured: component, unit: "s" },
    { name: "an empty unit test", measured: empty, unit: "s" },
    {
      name: `unit tests of ${slowest.component}, of their own`,
      measured: component - empty,
      unit: "s",
      limit: { under: 3 },
    },
    { name: `unit tests, ${slowest.component} : empty`, measured: component / empty },
  ];
}

/** Files in lib/ that hold a component, but for the one that is all of them together. */
function components(): string[] {
  return readdirSync(join(repository, "lib"))
    .map((file) => file.replace(/\.ts$/, ""))
    .filter((name) => name !== "tap-stack" && existsSync(testOf(name)))
    .filter((name) =>
      readFileSync(join(repository, "lib", `${name}.ts`), "utf8").includes("extends pulumi.ComponentResource"),
    );
}

const testOf = (component: string) => join(repository, "test/unit", `${component}.test.ts`);

async function unitTest(component: string): Promise<number> {
  const { cpu } = await timed(jest, ["--runTestsByPath", testOf(component)], { cwd: repository });
  return cpu;
}

async function emptyTest(): Promise<number> {
  const { projects } = createRequire(__filename)(join(repository, "jest.config.js")) as {
    projects: { displayName: string }[];
  };
  const unit = projects.find(({ displayName }) => displayName === "unit");
  const config = { ...unit, rootDir: repository, roots: ["<rootDir>/tools/bench"], testMatch: ["**/empty-test.ts"] };
  const { cpu } = await timed(jest, ["--config", JSON.stringify(config)], { cwd: repository });
  return cpu;
}
