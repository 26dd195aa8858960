// How good an order is, by graded relevance.

/** Normalised discounted cumulative gain of the first `depth` of an order: 1 where no other order is better. */
export function ndcg(order: readonly string[], grades: Readonly<Record<string, number>>, depth = 10): number {
  const gained = gain(order.slice(0, depth).map((name) => grades[name] ?? 0));
  const best = Object.values(grades).toSorted((a, b) => b - a);
  return gained / gain(best.slice(0, depth));
}

function gain(grades: readonly number[]): number {
  return grades.reduce((sum, grade, index) => sum + (2 ** grade - 1) / Math.log2(index + 2), 0);
}
