import { appendFileSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import type { EnvironmentContext, JestEnvironmentConfig } from "@jest/environment";
import type { Circus } from "@jest/types";
import { TestEnvironment } from "jest-environment-node";
import { repository } from "../../tools/paths";
import type { Meeting } from "./meetings";
import { titleOf } from "./mutant";
import { notRecorded, Replay, replayName } from "./replay";
import { type Task, taskVariable, type Trial } from "./task";
import { copyOf, skip, titleOfTest } from "./test-copies";

/** Runs the tests of a file as they are, and then, in the same start of jest, those that see a mutant, once for each mutant. */
export default class MutationEnvironment extends TestEnvironment {
  private readonly task = JSON.parse(readFileSync(process.env[taskVariable] ?? "", "utf8")) as Task;
  private readonly replay = new Replay();
  private readonly file: string;
  /** What is run, by its copy of the tests: nothing, for the run without a mutant. */
  private readonly meetings = new Map<Circus.DescribeBlock, Meeting | undefined>();
  private original: Circus.DescribeBlock | undefined;
  private running: Circus.DescribeBlock | undefined;
  private trial: Trial | undefined;

  constructor(config: JestEnvironmentConfig, context: EnvironmentContext) {
    super(config, context);
    this.file = relative(repository, context.testPath);
    Object.assign(this.global, { [replayName]: this.replay });
  }

  async handleTestEvent(event: Circus.Event, { rootDescribeBlock }: Circus.State): Promise<void> {
    switch (event.name) {
      case "run_start":
        this.takeOver(rootDescribeBlock);
        break;
      case "run_describe_start":
        if (this.meetings.has(event.describeBlock)) this.begin(event.describeBlock);
        break;
      case "hook_start":
        this.replay.enter(event.hook.fn);
        break;
      case "test_fn_start":
        this.replay.enter(event.test.fn);
        break;
      case "test_done":
        this.judge(event.test);
        break;
      case "run_describe_finish":
        if (this.meetings.has(event.describeBlock)) await this.end(rootDescribeBlock);
        break;
    }
  }

  /** Leaves nothing to be run but a copy of all tests. */
  private takeOver(root: Circus.DescribeBlock): void {
    this.original = { ...root };
    root.hooks = [];
    root.children = [];
    this.add(root, undefined);
  }

  private add(root: Circus.DescribeBlock, meeting: Meeting | undefined): void {
    if (!this.original) return;
    const copy = copyOf(this.original, root, (runner) => meeting?.runners.has(runner) ?? true);
    this.meetings.set(copy, meeting);
    root.children.push(copy);
  }

  private begin(block: Circus.DescribeBlock): void {
    const meeting = this.meetings.get(block);
    this.running = block;
    this.replay.meeting = meeting;
    this.replay.applied = 0;
    this.trial = meeting && { mutant: titleOf(meeting.mutant), file: this.file, applied: 0 };
  }

  private judge(test: Circus.TestEntry): void {
    const [error] = test.errors as unknown[];
    if (error === undefined || !this.trial) return;
    const { message } = (Array.isArray(error) ? (error as unknown[])[0] : error) as Error;
    // It stays an error, which stops the mutation: what went wrong says nothing of the mutant.
    if (isNoVerdict(message)) return;
    this.trial.failed = titleOfTest(test);
    // One failure is enough, and to jest it is what we hoped for: it would take its time to lay out the difference.
    test.errors = [];
    if (this.running) skip(this.running);
  }

  /** After the run without a mutant, it is known which mutants the file meets. */
  private async end(root: Circus.DescribeBlock): Promise<void> {
    if (this.trial) {
      const line: Trial = { ...this.trial, applied: this.replay.applied };
      appendFileSync(this.task.results, `${JSON.stringify(line)}\n`);
    } else {
      for (const meeting of await this.replay.meetings(this.task.mutants)) this.add(root, meeting);
    }
  }
}

function isNoVerdict(message: string): boolean {
  return message.includes("Exceeded timeout") || message === notRecorded;
}
