const seconds = (since: number) => Math.round((Date.now() - since) / 1000);

/** Says what is being done, and every ten seconds that it still is, and how far it is where that is known. */
export async function withProgress<T>(what: string, work: () => Promise<T>, howFar = () => ""): Promise<T> {
  const start = Date.now();
  console.log(`${what} …`);
  const timer = setInterval(() => {
    console.log(`  … still: ${what} (${[`${seconds(start)} s`, howFar()].filter(Boolean).join(", ")})`);
  }, 10_000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** Milliseconds after which people wonder. */
const unremarked = 5000;

/** The same for what mostly takes no time: says nothing unless it takes more than five seconds. */
export async function withLateProgress<T>(what: string, work: () => Promise<T>): Promise<T> {
  const working = work();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<true>((resume) => {
    timer = setTimeout(resume, unremarked, true);
  });
  const isLate = await Promise.race([working.then(() => false), late]).finally(() => {
    clearTimeout(timer);
  });
  return isLate ? withProgress(what, () => working) : working;
}

/** Measures the phases of a command. */
export class Phases {
  private readonly measured: { name: string; seconds: number }[] = [];

  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const start = Date.now();
    try {
      return await work();
    } finally {
      this.measured.push({ name, seconds: seconds(start) });
    }
  }

  table(): string {
    const rows = [
      ...this.measured,
      { name: "total", seconds: this.measured.reduce((sum, phase) => sum + phase.seconds, 0) },
    ];
    const width = Math.max(...rows.map((row) => row.name.length));
    return rows.map((row) => `  ${row.name.padEnd(width)}  ${String(row.seconds).padStart(4)} s`).join("\n");
  }
}
