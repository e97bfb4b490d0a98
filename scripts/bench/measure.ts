/** One line of the table. */
export interface Row {
  readonly what: string;
  readonly reference: string;
  readonly goal: string;
  readonly measured: string;
  readonly met: boolean | "not measured";
  /** Raw figures: seconds, bytes and ratios, for the JSON. */
  readonly figures: Readonly<Record<string, number>>;
}

/** Seconds that one call takes. */
export function seconds(run: () => unknown): number {
  const start = performance.now();
  run();
  return (performance.now() - start) / 1000;
}

/** Two things by turns in the same minute, so that other work on the machine hits both: the median of each, in seconds. */
export function medians(rounds: number, left: () => unknown, right: () => unknown): readonly [number, number] {
  const found: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    found[0].push(seconds(left));
    found[1].push(seconds(right));
  }
  return [median(found[0]), median(found[1])];
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

export function inSeconds(value: number): string {
  return value < 0.1 ? `${(value * 1000).toFixed(1)} ms` : `${value.toFixed(2)} s`;
}

export function times(ratio: number): string {
  return `${ratio.toFixed(2)} ×`;
}
