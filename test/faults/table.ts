import { say } from "../e2e/progress";

export interface Row {
  name: string;
  tried: number;
  passed: number;
}

/** What was tried and what passed, by case, in the order in which the cases are given. */
export class Results {
  private readonly rows = new Map<string, Row>();
  /** What went wrong, a paragraph each. */
  readonly failures: string[] = [];

  /** Runs one point of a case; a failure is kept and does not stop the others. */
  async point(name: string, point: string, work: () => Promise<void>): Promise<boolean> {
    const row = this.rows.get(name) ?? { name, tried: 0, passed: 0 };
    this.rows.set(name, row);
    row.tried += 1;
    try {
      await work();
      row.passed += 1;
      say(`passed: ${name}, ${point}`);
      return true;
    } catch (error) {
      this.failures.push(`${name}, ${point}: ${reasons(error)}`);
      say(`FAILED: ${this.failures.at(-1) ?? ""}`);
      return false;
    }
  }

  table(): string {
    const rows = [...this.rows.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    const cells = [
      ["case", "points tried", "passed"],
      ...rows.map(({ name, tried, passed }) => [name, String(tried), String(passed)]),
    ];
    const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
    return cells
      .map((row) =>
        row
          .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
          .join("  "),
      )
      .join("\n");
  }
}

/** What an error says, and after it each of its causes. */
function reasons(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${reasons(error.cause)}`;
}
