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

/** Megabytes. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** The most memory this process had resident. */
export function peakMemory(): string {
  return `${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`;
}
