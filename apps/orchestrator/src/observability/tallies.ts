import { Counter } from 'prom-client';

/**
 * A counter that costs a look-up for each event: what it holds is handed to prom-client, which checks and hashes all
 * labels, when somebody asks.
 */
export class Tally {
  readonly #counts = new Map<string, Map<string, number>>();

  /** @param labels one or two */
  constructor(name: string, help: string, labels: readonly [string, string?]) {
    const [first, second] = labels;
    const counts = this.#counts;
    new Counter({
      name,
      help,
      labelNames: second === undefined ? [first] : [first, second],
      collect() {
        this.reset();
        for (const [value, inner] of counts)
          for (const [other, count] of inner)
            this.inc(
              second === undefined ? { [first]: value } : { [first]: value, [second]: other },
              count,
            );
      },
    });
  }

  add(first: string, second = '', count = 1): void {
    let inner = this.#counts.get(first);
    if (!inner) this.#counts.set(first, (inner = new Map()));
    inner.set(second, (inner.get(second) ?? 0) + count);
  }
}
