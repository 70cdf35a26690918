import { asData, type Figure, isMet, table } from "../../tools/bench/figures";

const figures: Figure[] = [
  { name: "bundle", measured: 780_672, unit: "B", limit: { under: 1_000_000 } },
  { name: "cold start", measured: 2.0049, limit: { atMost: 2 } },
  { name: "throughput", measured: 0.5, limit: { atLeast: 0.5 } },
  { name: "reads", measured: 43.21, unit: "ms" },
];

describe("figures of a benchmark", () => {
  it("are a table of what was measured and what it must be", () => {
    expect(table(figures)).toBe(
      [
        "figure       measured              limit  met",
        "bundle      780,672 B  under 1,000,000 B  yes",
        "cold start      2.005          at most 2  NO",
        "throughput        0.5       at least 0.5  yes",
        "reads         43.2 ms",
      ].join("\n"),
    );
  });

  it("are data, unrounded", () => {
    expect(asData(figures.slice(1, 2))).toEqual([
      { figure: "cold start", measured: 2.0049, limit: { atMost: 2 }, met: false },
    ]);
    expect(asData(figures.slice(3))).toEqual([{ figure: "reads", measured: 43.21, unit: "ms" }]);
  });

  it.each([
    [{ atMost: 2 }, 2, true],
    [{ atMost: 2 }, 2.001, false],
    [{ atLeast: 2 }, 2, true],
    [{ atLeast: 2 }, 1.999, false],
    [{ under: 2 }, 2, false],
    [{ under: 2 }, 1.999, true],
    [undefined, 2, true],
    [{ atMost: 2 }, NaN, false],
    [{ atLeast: 2 }, NaN, false],
    [{ under: 2 }, NaN, false],
  ])("with the limit %j, %d is met: %s", (limit, measured, met) => {
    expect(isMet({ name: "figure", measured, limit })).toBe(met);
  });
});
