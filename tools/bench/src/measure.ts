/** Latencies of one candidate, in milliseconds. */
export interface Latencies {
  readonly name: string;
  readonly p50: number;
  readonly p99: number;
  readonly count: number;
}

/** Something to be measured; one call of `run` is one measured unit. */
export interface Candidate {
  readonly name: string;
  run(): Promise<void>;
}

/**
 * Measures candidates in turn, round by round, so that a machine whose speed drifts treats all alike. The first
 * round warms up and does not count.
 */
export async function measureInTurn(
  candidates: readonly Candidate[],
  { rounds, calls }: { readonly rounds: number; readonly calls: number },
): Promise<Latencies[]> {
  const times = new Map(candidates.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const candidate of candidates) {
      for (let call = 0; call < calls; call += 1) {
        const began = performance.now();
        await candidate.run();
        if (round > 0) times.get(candidate.name)!.push(performance.now() - began);
      }
    }
  }
  return candidates.map(({ name }) => summary(name, times.get(name)!));
}

function summary(name: string, times: number[]): Latencies {
  const sorted = times.sort((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
  return { name, p50: at(0.5), p99: at(0.99), count: sorted.length };
}

/** A table with each candidate's ratio to the first one. */
export function latencyTable(rows: readonly Latencies[]): string {
  const [base] = rows;
  const width = Math.max(...rows.map(({ name }) => name.length));
  const line = (cells: readonly string[]) =>
    `${cells[0]!.padEnd(width)}${cells
      .slice(1)
      .map((cell) => cell.padStart(12))
      .join('')}`;
  return [
    line(['', 'p50 ms', 'p99 ms', 'ratio p50', 'calls']),
    ...rows.map(({ name, p50, p99, count }) =>
      line([name, p50.toFixed(2), p99.toFixed(2), (p50 / base!.p50).toFixed(2), String(count)]),
    ),
  ].join('\n');
}
