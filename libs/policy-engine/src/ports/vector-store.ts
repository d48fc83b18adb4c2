import type { Clock } from './clock.js';

/** Nearest-neighbour store of the semantic cache. */
export interface VectorStore {
  /** The entry of the partition closest to the vector, with its cosine distance (0 the same, 2 opposite). */
  nearest(
    partition: string,
    vector: readonly number[],
  ): Promise<VectorMatch | undefined> | VectorMatch | undefined;
  /** `duration` in seconds. */
  store(
    partition: string,
    vector: readonly number[],
    data: Uint8Array,
    duration: number,
  ): Promise<void> | void;
}

export interface VectorMatch {
  readonly distance: number;
  readonly data: Uint8Array;
}

/** All vectors in this process, compared one by one. */
export class InMemoryVectorStore implements VectorStore {
  readonly #partitions = new Map<
    string,
    { vector: readonly number[]; data: Uint8Array; until: number }[]
  >();
  readonly #clock: Clock;
  readonly #limit: number;

  /** `limit`: entries of one partition; the oldest leave first. */
  constructor(clock: Clock, limit = 10_000) {
    this.#clock = clock;
    this.#limit = limit;
  }

  nearest(partition: string, vector: readonly number[]): VectorMatch | undefined {
    const now = this.#clock.now();
    let best: VectorMatch | undefined;
    for (const entry of this.#partitions.get(partition) ?? []) {
      if (entry.until <= now) continue;
      const distance = cosineDistance(entry.vector, vector);
      if (!best || distance < best.distance) best = { distance, data: entry.data };
    }
    return best;
  }

  store(partition: string, vector: readonly number[], data: Uint8Array, duration: number): void {
    const now = this.#clock.now();
    const entries = (this.#partitions.get(partition) ?? []).filter((entry) => entry.until > now);
    entries.push({ vector, data, until: now + duration * 1000 });
    this.#partitions.set(partition, entries.slice(-this.#limit));
  }
}

function cosineDistance(a: readonly number[], b: readonly number[]): number {
  let dot = 0;
  let left = 0;
  let right = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i]!;
    const y = b[i] ?? 0;
    dot += x * y;
    left += x * x;
    right += y * y;
  }
  return left === 0 || right === 0 ? 2 : 1 - dot / Math.sqrt(left * right);
}
