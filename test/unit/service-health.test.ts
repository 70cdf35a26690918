import { answerLifetime, type Check, checkLimit, HealthChecks } from "../../service/records/health";

const works: Check = () => Promise.resolve();
const hangs: Check = () => new Promise(() => undefined);
const failsWith = (properties: object) => () => Promise.reject(Object.assign(new Error("secret text"), properties));

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe("HealthChecks", () => {
  it("runs the checks at the same time and gives up on each after its limit", async () => {
    const log = jest.fn();
    const health = new HealthChecks({ database: hangs, cache: hangs }, log).current();
    await jest.advanceTimersByTimeAsync(checkLimit);
    expect(await health).toEqual({
      status: "unavailable",
      checks: {
        database: { status: "unavailable", reason: "timeout" },
        cache: { status: "unavailable", reason: "timeout" },
      },
    });
    expect(jest.getTimerCount()).toBe(0);
    expect(log.mock.calls).toEqual([
      ["check failed", { check: "database", reason: "timeout", error: { name: "TimeLimitError" } }],
      ["check failed", { check: "cache", reason: "timeout", error: { name: "TimeLimitError" } }],
    ]);
  });

  it("checks once for all who ask at the same time and shortly after", async () => {
    const database = jest.fn(works);
    const health = new HealthChecks({ database, cache: works }, () => undefined);
    await Promise.all([health.current(), health.current()]);
    jest.advanceTimersByTime(answerLifetime - 1);
    await health.current();
    expect(database).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(1);
    await health.current();
    expect(database).toHaveBeenCalledTimes(2);
  });

  it("tries a lost connection once more", async () => {
    const lost = failsWith({ code: "ECONNRESET" });
    const cache = jest.fn(works).mockImplementationOnce(lost);
    expect(await new HealthChecks({ database: works, cache }, () => undefined).current()).toMatchObject({
      status: "ok",
    });
    expect(cache).toHaveBeenCalledTimes(2);
  });

  it("tries no more than twice, and nothing but a lost connection", async () => {
    const database = jest.fn(failsWith({ code: "28P01" }));
    const cache = jest.fn(failsWith({ code: "ECONNREFUSED" }));
    const log = jest.fn();
    const { checks } = await new HealthChecks({ database, cache }, log).current();
    expect(checks).toEqual({
      database: { status: "unavailable", reason: "unauthorized" },
      cache: { status: "unavailable", reason: "unreachable" },
    });
    expect(database).toHaveBeenCalledTimes(1);
    expect(cache).toHaveBeenCalledTimes(2);
    expect(JSON.stringify(log.mock.calls)).not.toContain("secret text");
  });
});
