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
 * Rows of as many cells each, in columns as wide as their widest cell, the last one broken where a terminal ends.
 * @param right columns that are aligned to the right, from 0
 */
export function columns(rows: string[][], { indent = "  ", right = [] as number[] } = {}): string[] {
  const fixed = (rows[0]?.length ?? 1) - 1;
  const widths = Array.from({ length: fixed }, (_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  return rows.flatMap((row) => {
    const cells = widths.map((size, index) => {
      const cell = row[index] ?? "";
      return right.includes(index) ? cell.padStart(size) : cell.padEnd(size);
    });
    const left = `${indent}${cells.map((cell) => `${cell}${gap}`).join("")}`;
    const [first = "", ...others] = wrapped(row[fixed] ?? "", Math.max(20, width - left.length));
    return [`${left}${first}`.trimEnd(), ...others.map((line) => `${" ".repeat(left.length)}${line}`)];
  });
}
