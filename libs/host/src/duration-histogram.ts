import { register, type Metric } from 'prom-client';

/** What was observed under one value of the label. */
export interface DurationSeries {
  /** Seconds. */
  observe(seconds: number): void;
}

/**
 * A histogram of seconds with one label, as prom-client shows them. To observe costs a search for the bucket and
 * nothing else: what the series hold is handed over when somebody reads, and whoever observes often keeps his series.
 */
export class DurationHistogram {
  readonly type = 'histogram';
  readonly aggregator = 'sum';
  readonly #series = new Map<string, Series>();

  /** @param bounds upper bounds of the buckets in seconds, ascending */
  constructor(
    readonly name: string,
    readonly help: string,
    private readonly label: string,
    private readonly bounds: readonly number[],
  ) {
    // A metric is whatever has a name, a kind and values; the types know prom-client's own classes alone.
    register.registerMetric(this as unknown as Metric);
  }

  /** The series of a value of the label, the same each time. */
  series(value: string): DurationSeries {
    let series = this.#series.get(value);
    if (!series) this.#series.set(value, (series = new Series(this.bounds)));
    return series;
  }

  reset(): void {
    for (const series of this.#series.values()) series.reset();
  }

  get(): Promise<object> {
    const { name, help, type, aggregator } = this;
    const values = [...this.#series].flatMap(([value, series]) => this.#valuesOf(value, series));
    return Promise.resolve({ name, help, type, aggregator, values });
  }

  #valuesOf(value: string, { counts, sum }: Series): object[] {
    const labels = { [this.label]: value };
    let below = 0;
    const steps = counts.map((count, at) => ({
      metricName: `${this.name}_bucket`,
      labels: { le: this.bounds[at] ?? '+Inf', ...labels },
      value: (below += count),
    }));
    return [
      ...steps,
      { metricName: `${this.name}_sum`, labels, value: sum },
      { metricName: `${this.name}_count`, labels, value: below },
    ];
  }
}

class Series implements DurationSeries {
  readonly #bounds: readonly number[];
  /** How often, by the first bucket that holds it; the last one is beyond all. */
  readonly counts: number[];
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  observe(seconds: number): void {
    const bounds = this.#bounds;
    let at = 0;
    while (at < bounds.length && seconds > bounds[at]!) at += 1;
    this.counts[at]! += 1;
    this.sum += seconds;
  }

  reset(): void {
    this.counts.fill(0);
    this.sum = 0;
  }
}
