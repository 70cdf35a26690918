/**
 * A document with what stands between `<!-- NAME:begin -->` and `<!-- NAME:end -->` brought up to date.
 * @throws Error where the document has no such place
 */
export function withGenerated(document: string, name: string, content: string): string {
  const begin = `<!-- ${name}:begin -->\n<!-- prettier-ignore-start -->\n`;
  const end = `<!-- prettier-ignore-end -->\n<!-- ${name}:end -->`;
  const [before, rest] = document.split(begin);
  const [, after] = rest?.split(end) ?? [];
  if (before === undefined || after === undefined)
    throw new Error(`the document has no "${begin.split("\n")[0] ?? ""}"`);
  return `${before}${begin}${content}${end}${after}`;
}
