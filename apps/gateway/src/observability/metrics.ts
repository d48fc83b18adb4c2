import { Counter, Histogram } from 'prom-client';
import type { FinishedCall } from '../handle-request.js';

const calls = new Counter({
  name: 'isthmus_gateway_calls_total',
  help: 'Calls by API, operation and status class; class 0: the caller left',
  labelNames: ['api', 'operation', 'status'],
});

const durations = new Histogram({
  name: 'isthmus_gateway_call_seconds',
  help: 'Time from the request head to the end of the answer',
  labelNames: ['api'],
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
});

/** The counters of one API, operation and status class; looked up once. */
interface Series {
  readonly calls: Counter.Internal;
  readonly durations: Histogram.Internal<'api'>;
}

const series = new Map<string, Series>();

/** Counts a call that has ended. Labels are names of the configuration, never what a caller wrote. */
export function countCall({ routed, statusCode, duration }: FinishedCall): void {
  const api = routed.api?.info.id ?? '';
  const operation = routed.operation?.info.id ?? '';
  const status = statusCode === 0 ? '0' : `${Math.floor(statusCode / 100)}xx`;
  const key = `${api}/${operation}/${status}`;
  let found = series.get(key);
  if (!found) {
    found = {
      calls: calls.labels({ api, operation, status }),
      durations: durations.labels({ api }),
    };
    series.set(key, found);
  }
  found.calls.inc();
  found.durations.observe(duration / 1000);
}
