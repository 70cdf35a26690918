import { RunError } from "@pulumi/pulumi";

const longestShown = 80;

/** What is wrong with a configuration: at most one mistake a key, as what follows from a wrong value says nothing. */
export class Mistakes {
  private readonly lines = new Map<string, string>();

  /**
   * @param value as it was given, whatever it is
   * @param shownKey the key, with where its value comes from if that is elsewhere
   */
  add(key: string, value: string, reason: string, shownKey = key): void {
    if (!this.has(key)) this.lines.set(key, `${shownKey}: ${shown(value)} ${reason}`);
  }

  has(key: string): boolean {
    return this.lines.has(key);
  }

  /** @throws RunError that lists every mistake: the key, its value, and what is allowed. */
  throwIfAny(): void {
    if (this.lines.size === 0) return;
    const count = this.lines.size === 1 ? "a mistake" : `${this.lines.size} mistakes`;
    const list = [...this.lines.values()].map((line) => `  - ${line}`).join("\n");
    throw new RunError(`The configuration has ${count}; nothing was created.\n${list}`);
  }
}

/** A value in quotes, cut where it is long; all but printable ASCII is escaped, so that a look-alike or an invisible character shows. */
function shown(value: string): string {
  const short = value.length > longestShown ? `${value.slice(0, longestShown - 3)}...` : value;
  return JSON.stringify(short).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
