export interface Figure {
  name: string;
  measured: number;
  unit?: string;
  /** What it must be; a figure without one only informs. */
  limit?: Limit;
}

type Limit = { atMost: number } | { atLeast: number } | { under: number };

export function isMet({ measured, limit }: Figure): boolean {
  if (limit === undefined) return true;
  if ("atMost" in limit) return measured <= limit.atMost;
  if ("atLeast" in limit) return measured >= limit.atLeast;
  return measured < limit.under;
}

/** As text in columns: figure, measured, limit, met. */
export function table(figures: Figure[]): string {
  const rows = figures.map((figure) => [
    figure.name,
    withUnit(figure.measured, figure.unit),
    limitText(figure),
    figure.limit === undefined ? "" : isMet(figure) ? "yes" : "NO",
  ]);
  const all = [["figure", "measured", "limit", "met"], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map(([name = "", measured = "", limit = "", met = ""]) =>
      [name.padEnd(widths[0] ?? 0), measured.padStart(widths[1] ?? 0), limit.padStart(widths[2] ?? 0), met]
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** The same as data. */
export const asData = (figures: Figure[]) =>
  figures.map((figure) => ({
    figure: figure.name,
    measured: figure.measured,
    unit: figure.unit,
    limit: figure.limit,
    met: figure.limit && isMet(figure),
  }));

function limitText({ limit, unit }: Figure): string {
  if (limit === undefined) return "";
  const [[word, value]] = Object.entries(limit) as [[string, number]];
  return `${words[word] ?? ""} ${withUnit(value, unit)}`;
}

const words: Record<string, string> = { atMost: "at most", atLeast: "at least", under: "under" };

/** Small ones, which are ratios, to three decimals. */
const withUnit = (value: number, unit?: string) => {
  const text = value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 3 : value < 100 ? 1 : 0 });
  return unit === undefined ? text : `${text} ${unit}`;
};
