/** Exact tests for small samples: Fisher's for shares, Kolmogorov-Smirnov's for values. Both are two-sided. */

/** Guards comparisons of sums and quotients of floating-point numbers. */
const RELATIVE_ERROR = 1e-9;

/** log(n!) for every n that was asked for so far. */
const logFactorials: number[] = [0];

function logFactorial(n: number): number {
  for (let i = logFactorials.length; i <= n; i++) logFactorials.push(logFactorials[i - 1]! + Math.log(i));
  return logFactorials[n]!;
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

/** Probability, by Fisher's exact test, that two shares differ at least as much when both arms are the same. */
export function fisherExact(hitsA: number, ofA: number, hitsB: number, ofB: number): number {
  const hits = hitsA + hitsB;
  const probability = (inA: number) =>
    Math.exp(logChoose(ofA, inA) + logChoose(ofB, hits - inA) - logChoose(ofA + ofB, hits));
  const observed = probability(hitsA);
  let sum = 0;
  for (let inA = Math.max(0, hits - ofB); inA <= Math.min(ofA, hits); inA++) {
    const each = probability(inA);
    if (each <= observed * (1 + RELATIVE_ERROR)) sum += each;
  }
  return Math.min(1, sum);
}

/** Greatest distance of the empirical distributions of two ascending samples. */
export function ksStatistic(a: readonly number[], b: readonly number[]): number {
  let i = 0;
  let j = 0;
  let greatest = 0;
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i]!, b[j]!);
    while (i < a.length && a[i]! <= value) i++;
    while (j < b.length && b[j]! <= value) j++;
    greatest = Math.max(greatest, Math.abs(i / a.length - j / b.length));
  }
  return greatest;
}

/** For the k smallest of both samples together, k = 1, 2, …: whether a greater value follows. */
function groupEnds(a: readonly number[], b: readonly number[]): boolean[] {
  const pooled = [...a, ...b].sort((x, y) => x - y);
  return pooled.map((value, index) => index === pooled.length - 1 || pooled[index + 1]! > value);
}

/**
 * Probability that the statistic is at least as great when both ascending samples come from one distribution: the share of all
 * ways to deal the pooled values out to both (Schröer and Trenkler 1995), so it is exact with ties as well.
 */
export function ksExact(a: readonly number[], b: readonly number[]): number {
  const distance = ksStatistic(a, b) * (1 - RELATIVE_ERROR);
  if (distance <= 0) return 1;
  const ends = groupEnds(a, b);
  // reach[j]: probability that a random path through (0,0) … (i,j) went beyond the distance on its way.
  const beyond = (i: number, j: number) =>
    i + j > 0 && ends[i + j - 1]! && Math.abs(i / a.length - j / b.length) >= distance;
  const reach = new Float64Array(b.length + 1);
  for (let i = 0; i <= a.length; i++) {
    for (let j = 0; j <= b.length; j++) {
      if (beyond(i, j)) reach[j] = 1;
      else if (i + j === 0) reach[j] = 0;
      else {
        const left = j === 0 ? 0 : (j / (i + j)) * reach[j - 1]!;
        const above = i === 0 ? 0 : (i / (i + j)) * reach[j]!;
        reach[j] = left + above;
      }
    }
  }
  return reach[b.length]!;
}
