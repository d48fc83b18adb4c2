import { Counter, register, type Histogram } from 'prom-client';

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

/** What was observed under one value of the label. */
interface Series {
  /** How often, by the first bucket that holds it; the last one is beyond all. */
  readonly counts: number[];
  sum: number;
  count: number;
}

/** A histogram of seconds with one label, as prom-client shows them, that costs as little as {@link Tally}. */
export class Durations {
  readonly type = 'histogram';
  readonly aggregator = 'sum';
  readonly #series = new Map<string, Series>();

  constructor(
    readonly name: string,
    readonly help: string,
    private readonly label: string,
    private readonly buckets: readonly number[],
  ) {
    // A metric is whatever has a name, a kind and values; the types know prom-client's own classes alone.
    register.registerMetric(this as unknown as Histogram);
  }

  observe(value: string, seconds: number): void {
    let series = this.#series.get(value);
    if (!series) {
      series = { counts: new Array<number>(this.buckets.length + 1).fill(0), sum: 0, count: 0 };
      this.#series.set(value, series);
    }
    let at = 0;
    while (at < this.buckets.length && seconds > this.buckets[at]!) at += 1;
    series.counts[at]! += 1;
    series.sum += seconds;
    series.count += 1;
  }

  reset(): void {
    this.#series.clear();
  }

  get(): Promise<object> {
    const { name, help, type, aggregator } = this;
    const values = [...this.#series].flatMap(([value, series]) => this.#valuesOf(value, series));
    return Promise.resolve({ name, help, type, aggregator, values });
  }

  #valuesOf(value: string, { counts, sum, count }: Series): object[] {
    const labels = { [this.label]: value };
    let below = 0;
    const steps = this.buckets.map((le, at) => ({
      metricName: `${this.name}_bucket`,
      labels: { le, ...labels },
      value: (below += counts[at]!),
    }));
    return [
      ...steps,
      { metricName: `${this.name}_bucket`, labels: { le: '+Inf', ...labels }, value: count },
      { metricName: `${this.name}_sum`, labels, value: sum },
      { metricName: `${this.name}_count`, labels, value: count },
    ];
  }
}
