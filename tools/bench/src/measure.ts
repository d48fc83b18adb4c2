import type { Table } from './report/table.js';

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

/** How often each candidate runs, and how long nothing happens between two calls. */
export interface Rounds {
  readonly rounds: number;
  readonly calls: number;
  readonly pauseMs?: number;
}

/**
 * Measures candidates in turn, round by round, so that a machine whose speed drifts treats all alike. The first
 * round warms up and does not count.
 */
export async function measureInTurn(
  candidates: readonly Candidate[],
  { rounds, calls, pauseMs = 0 }: Rounds,
): Promise<Latencies[]> {
  const times = new Map(candidates.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const candidate of candidates) {
      for (let call = 0; call < calls; call += 1) {
        const began = performance.now();
        await candidate.run();
        if (round > 0) times.get(candidate.name)!.push(performance.now() - began);
        if (pauseMs > 0) await new Promise((done) => setTimeout(done, pauseMs));
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
export function latencyTable(name: string, title: string, rows: readonly Latencies[]): Table {
  const [base] = rows;
  return {
    name,
    title,
    columns: ['p50 ms', 'p99 ms', 'ratio p50', 'calls'],
    rows: rows.map(({ name: row, p50, p99, count }) => ({
      name: row,
      cells: { 'p50 ms': p50, 'p99 ms': p99, 'ratio p50': p50 / base!.p50, calls: count },
    })),
  };
}
