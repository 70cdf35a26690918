/** Columns that a terminal has at least. */
export const width = 100;

const gap = "  ";

/** Breaks a text at spaces, so that no line is longer than some columns, unless a word is. */
export function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/**
 * Rows in columns as wide as their widest cell, the last one broken where a terminal ends.
 * @param right columns that are aligned to the right, from 0
 */
export function columns(rows: string[][], { indent = "  ", right = [] as number[] } = {}): string[] {
  const fixed = Math.max(0, ...rows.map((row) => row.length - 1));
  const widths = Array.from({ length: fixed }, (_, index) =>
    Math.max(...rows.map((row) => (index < row.length - 1 ? (row[index] ?? "").length : 0))),
  );
  return rows.flatMap((row) => {
    const cells = widths.map((size, index) => {
      const cell = row[index] ?? "";
      return right.includes(index) ? cell.padStart(size) : cell.padEnd(size);
    });
    const before = [indent.slice(0, indent.length), cells.join(gap)].join("");
    const left = before === indent ? before : `${before}${gap}`;
    const [first = "", ...others] = wrapped(row[fixed] ?? "", Math.max(20, width - left.length));
    return [`${left}${first}`.trimEnd(), ...others.map((line) => `${" ".repeat(left.length)}${line}`)];
  });
}
