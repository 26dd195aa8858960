// Figures of a benchmark, each with what it is measured against.

export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** A line of the report: what was measured, the figure, and the goal where there is one. */
export function report(name: string, figure: string, goal?: string): void {
  console.log(`${name.padEnd(44)} ${figure}${goal === undefined ? '' : `   (goal: ${goal})`}`);
}

/** What a piece of work gave, and the milliseconds it took: of time, and of this process's processors. */
export interface Measured<T> {
  readonly value: T;
  readonly wall: number;
  readonly cpu: number;
}

/** Measures. On a machine that others use as well, processor time is what the work itself takes. */
export async function measured<T>(work: () => Promise<T>): Promise<Measured<T>> {
  const before = process.cpuUsage();
  const start = performance.now();
  const value = await work();
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { value, wall, cpu: (user + system) / 1000 };
}

/** Adds up measurements. */
export class Sum {
  wall = 0;
  cpu = 0;

  add({ wall, cpu }: Measured<unknown>): void {
    this.wall += wall;
    this.cpu += cpu;
  }

  /** So many a second, and a second of the processor. */
  rate(number: number): string {
    const [wall, cpu] = [this.wall, this.cpu].map((ms) => ((number / ms) * 1000).toFixed(0));
    return `${wall}/s, ${cpu} per second of CPU`;
  }
}

/** Megabytes. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** The most memory this process had resident. */
export function peakMemory(): string {
  return `${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`;
}
