import { Counter, register } from 'prom-client';
import type { Metric } from 'prom-client';
import type { FinishedCall } from '../handle-request.js';

/** Upper bounds of the buckets. Seconds. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** How long the calls of one API took. */
interface Durations {
  /** Calls by the first bound that they fit, the last one beyond all. */
  readonly buckets: number[];
  /** Seconds. */
  sum: number;
}

/** The calls of one operation. */
interface Series {
  readonly api: string;
  readonly operation: string;
  /** By status class; 0: the caller left. */
  readonly calls: number[];
  readonly durations: Durations;
}

const allSeries = new Map<string, Series>();
const allDurations = new Map<string, Durations>();
/** Series of the operations (and APIs) of configurations in force; a new one goes on with the numbers of the old. */
const seriesOf = new WeakMap<object, Series>();
const unrouted = {};

/**
 * Counts a call that has ended. Labels are names of the configuration, never what a caller wrote. The numbers are
 * kept here and shown to the metrics library when somebody reads them.
 */
export function countCall({ routed, statusCode, duration }: FinishedCall): void {
  const owner = routed.operation ?? routed.api ?? unrouted;
  let series = seriesOf.get(owner);
  if (!series) {
    series = seriesNamed(routed.api?.info.id ?? '', routed.operation?.info.id ?? '');
    seriesOf.set(owner, series);
  }
  const status = Math.floor(statusCode / 100);
  series.calls[status] = (series.calls[status] ?? 0) + 1;
  const { durations } = series;
  const seconds = duration / 1000;
  let bucket = 0;
  while (bucket < bounds.length && seconds > (bounds[bucket] ?? 0)) bucket++;
  durations.buckets[bucket] = (durations.buckets[bucket] ?? 0) + 1;
  durations.sum += seconds;
}

function seriesNamed(api: string, operation: string): Series {
  const key = `${api}/${operation}`;
  let series = allSeries.get(key);
  if (!series) {
    let durations = allDurations.get(api);
    if (!durations) {
      durations = { buckets: Array.from({ length: bounds.length + 1 }, () => 0), sum: 0 };
      allDurations.set(api, durations);
    }
    series = { api, operation, calls: Array.from({ length: 10 }, () => 0), durations };
    allSeries.set(key, series);
  }
  return series;
}

// Registers itself.
void new Counter({
  name: 'isthmus_gateway_calls_total',
  help: 'Calls by API, operation and status class; class 0: the caller left',
  labelNames: ['api', 'operation', 'status'],
  collect() {
    this.reset();
    for (const { api, operation, calls: counts } of allSeries.values())
      counts.forEach((count, status) => {
        if (count > 0)
          this.inc({ api, operation, status: status === 0 ? '0' : `${status}xx` }, count);
      });
  },
});

/** A histogram as the registry reads it, from the buckets above. */
const callSeconds = {
  name: 'isthmus_gateway_call_seconds',
  help: 'Time from the request head to the end of the answer',
  type: 'histogram',
  aggregator: 'sum',
  reset: () => allDurations.clear(),
  async get() {
    const values = [...allDurations].flatMap(([api, durations]) => histogramOf(api, durations));
    const { name, help, type, aggregator } = callSeconds;
    return { name, help, type, aggregator, values };
  },
};
register.registerMetric(callSeconds as unknown as Metric);

function histogramOf(api: string, { buckets, sum }: Durations): object[] {
  let below = 0;
  const bucketValues = buckets.map((count, index) => {
    below += count;
    const le = bounds[index] ?? '+Inf';
    return { metricName: `${callSeconds.name}_bucket`, labels: { le, api }, value: below };
  });
  return [
    ...bucketValues,
    { metricName: `${callSeconds.name}_sum`, labels: { api }, value: sum },
    { metricName: `${callSeconds.name}_count`, labels: { api }, value: below },
  ];
}
