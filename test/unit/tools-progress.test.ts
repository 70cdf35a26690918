import { withLateProgress, withProgress } from "../../tools/progress";

let said: string[];

beforeEach(() => {
  jest.useFakeTimers();
  said = [];
  jest.spyOn(console, "log").mockImplementation((line: string) => void said.push(line));
});

afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

const taking = (seconds: number) => () =>
  new Promise<string>((resume) => {
    setTimeout(resume, seconds * 1000, "done");
  });

it("tells of work when it begins, and every ten seconds", async () => {
  const work = withProgress("Working", taking(25), () => "half of it");
  await jest.advanceTimersByTimeAsync(25_000);
  expect(await work).toBe("done");
  expect(said).toEqual(["Working …", "  … still: Working (10 s, half of it)", "  … still: Working (20 s, half of it)"]);
});

it("tells of what is mostly quick only after five seconds", async () => {
  const quick = withLateProgress("Working", taking(4));
  await jest.advanceTimersByTimeAsync(4000);
  expect(await quick).toBe("done");
  expect(jest.getTimerCount()).toBe(0);
  expect(said).toEqual([]);

  const slow = withLateProgress("Working", taking(16));
  await jest.advanceTimersByTimeAsync(16_000);
  expect(await slow).toBe("done");
  expect(said).toEqual(["Working …", "  … still: Working (10 s)"]);
});

it("hands on what fails, soon or late", async () => {
  const failing = (seconds: number) => async () => {
    await taking(seconds)();
    throw new Error("no");
  };
  for (const seconds of [1, 6]) {
    const work = expect(withLateProgress("Working", failing(seconds))).rejects.toThrow("no");
    await jest.advanceTimersByTimeAsync(7000);
    await work;
  }
});
