/** `npm run test:faults`: what an operator lives through, with the real engine and provider, and a table of what passed at the end. */
import { Command, InvalidArgumentError } from "commander";
import { runCommand, UserError } from "../../tools/cli";
import { Cloud, discard } from "../e2e/cloud";
import { say } from "../e2e/progress";
import { faultyCycle, killedCycle, type Phase, undisturbed, type Undisturbed } from "./cycles";
import { drift } from "./drift";
import { type Fault, type FaultOfSome, seededRandom } from "./fault-proxy";
import { spread } from "./kill-point";
import { rounds, sideBySide } from "./repetition";
import { Results } from "./table";

const cases = [
  "rounds",
  "suffixes",
  "drift",
  "killed",
  "throttled",
  "failing",
  "unreachable",
  "unanswered",
  "expired",
] as const;
type Case = (typeof cases)[number];

interface Options {
  points: number;
  point: number[];
  seeds: number;
  rounds: number;
  suffixes: number;
  only: Case[];
  parallel: number;
}

const command = new Command("npm run test:faults --")
  .description("Kills the engine, makes AWS fail, repeats and changes by hand, and compares with an undisturbed run.")
  .option("--points <number>", "points of each phase at which the engine is killed", count, 20)
  .option("--point <number>", "only this one of those points; repeatable", countAll, [])
  .option("--seeds <number>", "choices of requests at which AWS fails, for each way to fail", count, 4)
  .option("--rounds <number>", "rounds of creating and destroying one suffix", count, 10)
  .option("--suffixes <number>", "environments side by side", count, 5)
  .option("--only <case>", `one of ${cases.join(", ")}; repeatable`, collect, [])
  .option("--parallel <number>", "local clouds that work at the same time", count, 4)
  .parse();

/** A piece of the matrix, in a local cloud that works on nothing else. */
type Job = (cloud: Cloud) => Promise<void>;

runCommand(async () => {
  const options = command.opts<Options>();
  const beyond = options.point.filter((point) => point > options.points);
  if (beyond.length > 0) {
    throw new UserError(
      `--point ${beyond.join(", ")} is none of the ${options.points} points of a phase. Choose from 1 to ${options.points}, or raise --points.`,
    );
  }
  const results = new Results();
  const clouds: Cloud[] = [];
  const stop = () => Promise.all(clouds.map((cloud) => cloud.stop()));
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void stop().then(() => process.exit(1)));
  try {
    await run(clouds, results, options);
  } finally {
    await stop();
  }
  for (const failure of results.failures) console.log(`\nFAILED ${failure}`);
  console.log(`\n${results.table()}`);
  if (results.failures.length > 0) {
    const folders = clouds.map(({ folder }) => folder.root);
    throw new UserError(`${results.failures.length} points failed. The logs are in ${folders.join(", ")}`);
  }
  for (const { folder } of clouds) discard(folder);
});

/** Works off the whole matrix, in several clouds at a time; the first one makes the undisturbed run before. */
async function run(clouds: Cloud[], results: Results, options: Options): Promise<void> {
  const start = async () => {
    const cloud = await Cloud.start();
    clouds.push(cloud);
    return cloud;
  };
  const first = await start();
  const reference = undisturbed(first, "undisturbed");
  const jobs = jobsOf(results, options, reference);
  const total = jobs.length;
  const work = async (cloud: Cloud) => {
    for (let job = jobs.shift(); job; job = jobs.shift()) {
      say(`${total - jobs.length} of ${total} jobs begun`);
      await job(cloud);
    }
  };
  const others = Array.from({ length: Math.min(options.parallel, total) - 1 }, () => start().then(work));
  await Promise.all([reference.then(() => work(first)), ...others]);
}

/** The longest first, so that the end is not one long job alone. */
function jobsOf(results: Results, options: Options, reference: Promise<Undisturbed>): Job[] {
  const numbers = (length: number) => Array.from({ length }, (_, index) => index + 1);
  const isChosen = (number: number) => options.point.length === 0 || options.point.includes(number);
  const jobs: Record<Case, Job[]> = {
    rounds: [(cloud) => rounds(results, cloud, { suffix: "round-0", rounds: options.rounds, reference })],
    suffixes: [
      (cloud) => {
        const suffixes = numbers(options.suffixes).map((number) => `side-${number}`);
        return sideBySide(results, cloud, { suffixes, reference });
      },
    ],
    drift: [(cloud) => drift(results, cloud, { suffix: "by-hand", reference })],
    killed: numbers(options.points)
      .filter(isChosen)
      .map((number) => async (cloud) => {
        const undisturbedRun = await reference;
        const point = (phase: Phase) => spread(options.points, undisturbedRun.efforts[phase].events)[number - 1] ?? 1;
        await killedCycle(results, cloud.environment(`killed-${number}`), undisturbedRun, {
          up: point("up"),
          update: point("update"),
          destroy: point("destroy"),
        });
      }),
    ...(Object.fromEntries(
      Object.entries(faults).map(([kind, faultOf]) => [
        kind,
        numbers(options.seeds).map((seed) => async (cloud: Cloud) => {
          const random = seededRandom(seed);
          const undisturbedRun = await reference;
          const fault = (phase: Phase) => faultOf(undisturbedRun.efforts[phase].requests, random);
          await faultyCycle(results, cloud, {
            suffix: `${kind}-${seed}`,
            reference: undisturbedRun,
            seed,
            faults: { up: fault("up"), update: fault("update"), destroy: fault("destroy") },
          });
        }),
      ]),
    ) as Record<Fault["kind"], Job[]>),
  };
  return cases.filter((name) => options.only.length === 0 || options.only.includes(name)).flatMap((name) => jobs[name]);
}

/** Ways to fail, for an operation of so many requests. */
const faults: Record<Fault["kind"], (requests: number, random: () => number) => Fault> = {
  throttled: atSome("throttled", 0.1),
  failing: atSome("failing", 0.05),
  unreachable: atSome("unreachable", 0.03),
  unanswered: atSome("unanswered", 0.03),
  expired: (requests, random) => ({ kind: "expired", after: anyOf(requests, random) }),
};

function atSome(kind: FaultOfSome["kind"], rate: number) {
  return (requests: number, random: () => number): Fault => ({ kind, rate, certain: 1 + anyOf(requests, random) });
}

/** How often the engine asks whether something is ready differs from run to run, so the last tenth is left out. */
function anyOf(requests: number, random: () => number): number {
  return Math.floor(random() * requests * 0.9);
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("It must be a whole number from 1.");
  return value;
}

function countAll(text: string, previous: number[]): number[] {
  return [...previous, count(text)];
}

function collect(name: string, previous: Case[]): Case[] {
  const found = cases.find((known) => known === name);
  if (!found) throw new InvalidArgumentError(`It must be one of ${cases.join(", ")}.`);
  return [...previous, found];
}
