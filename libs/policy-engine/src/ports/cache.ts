import type { Clock } from './clock.js';

/** Which cache a policy asks for (`caching-type`). */
export type CachingType = 'internal' | 'external' | 'prefer-external';

/** A stored value. Text and JSON are kept apart so that a string comes back as a string. */
export interface CachedValue {
  /** What it was: tells how `data` is read back. */
  readonly kind: string;
  readonly data: Uint8Array;
  /** Read for this call alone: it counts among what the call holds in memory. */
  readonly own?: boolean;
}

/**
 * Internal or external (Redis) cache. An outage must degrade to a miss: implementations resolve with
 * undefined when they cannot read and drop what they cannot write; only `remove` may reject.
 */
export interface Cache {
  get(
    key: string,
    cachingType: CachingType,
  ): Promise<CachedValue | undefined> | CachedValue | undefined;
  /** `duration` in seconds. */
  set(
    key: string,
    value: CachedValue,
    duration: number,
    cachingType: CachingType,
  ): Promise<void> | void;
  remove(key: string, cachingType: CachingType): Promise<void> | void;
}

/** A cache in this process, for tests and as the internal cache of one gateway. Oldest entries leave first. */
export class InMemoryCache implements Cache {
  readonly #entries = new Map<string, { value: CachedValue; until: number }>();
  readonly #clock: Clock;
  readonly #limit: number;
  #size = 0;

  /** `limit` in bytes of keys and stored data. */
  constructor(clock: Clock, limit = 64 * 1024 * 1024) {
    this.#clock = clock;
    this.#limit = limit;
  }

  get(key: string): CachedValue | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    if (entry.until > this.#clock.now()) return entry.value;
    this.remove(key);
    return undefined;
  }

  set(key: string, value: CachedValue, duration: number): void {
    this.remove(key);
    const size = sizeOf(key, value);
    if (size > this.#limit) return;
    this.#entries.set(key, { value, until: this.#clock.now() + duration * 1000 });
    this.#size += size;
    for (const oldest of this.#entries.keys()) {
      if (this.#size <= this.#limit) break;
      this.remove(oldest);
    }
  }

  remove(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#size -= sizeOf(key, entry.value);
    this.#entries.delete(key);
  }
}

/** Callers choose parts of some keys: they count as well. */
function sizeOf(key: string, value: CachedValue): number {
  return key.length + value.data.length;
}
