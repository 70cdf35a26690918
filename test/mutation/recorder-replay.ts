/** Puts the mutation between the tests and the recorder; jest loads it before each test file. */
import type * as recorder from "../unit/recorder";
import { type Replay, replayName } from "./replay";

const { [replayName]: replay } = globalThis as unknown as Record<typeof replayName, Replay>;

jest.mock("../unit/recorder", () => {
  const actual = jest.requireActual<typeof recorder>("../unit/recorder");
  const record: typeof recorder.record = (program, options) => replay.record(() => actual.record(program, options));
  return { ...actual, record };
});
