import { DurationHistogram } from '@isthmus/host';
import { Counter, Gauge } from 'prom-client';
import type { FinishedCall } from '../handle-request.js';
import type { BodyMemory } from '../request/call-bytes.js';
import type { Counted } from './counted.js';

const callSeconds = new DurationHistogram(
  'isthmus_gateway_call_seconds',
  'Time from the request head to the end of the answer',
  'api',
  [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
);

/** Status classes 1 to 9; 0: the caller left. */
const classes = 10;

/** Calls by status class, one series behind the other. */
let counts = new Float64Array(64 * classes);
/** Places of the series by their names; a new configuration goes on with the numbers of the old. */
const places = new Map<string, { readonly api: string; readonly operation: string; at: number }>();
const unrouted: Counted = { info: { id: '' } };

/**
 * Counts a call that has ended. Labels are names of the configuration, never what a caller wrote. The numbers are
 * kept here and shown to the metrics library when somebody reads them.
 */
export function countCall({ routed, statusCode, duration }: FinishedCall): void {
  const api: Counted = routed.api ?? unrouted;
  const owner: Counted = routed.operation ?? api;
  const at = (owner.series ??= placeOf(api.info.id, routed.operation?.info.id ?? ''));
  const status = Math.floor(statusCode / 100);
  counts[at + status] = (counts[at + status] ?? 0) + 1;
  const durations = (api.durations ??= callSeconds.series(api.info.id));
  durations.observe(duration / 1000);
}

function placeOf(api: string, operation: string): number {
  const key = `${api}/${operation}`;
  let place = places.get(key);
  if (!place) {
    place = { api, operation, at: places.size * classes };
    places.set(key, place);
    if (place.at === counts.length) {
      const larger = new Float64Array(counts.length * 2);
      larger.set(counts);
      counts = larger;
    }
  }
  return place.at;
}

// Registers itself.
void new Counter({
  name: 'isthmus_gateway_calls_total',
  help: 'Calls by API, operation and status class; class 0: the caller left',
  labelNames: ['api', 'operation', 'status'],
  collect() {
    this.reset();
    for (const { api, operation, at } of places.values())
      counts.subarray(at, at + classes).forEach((count, status) => {
        if (count > 0)
          this.inc({ api, operation, status: status === 0 ? '0' : `${status}xx` }, count);
      });
  },
});

const refusals = new Counter({
  name: 'isthmus_gateway_refused_total',
  help: 'Requests that were refused before any API was looked for, by status',
  labelNames: ['status'],
});

/** Counts what never became a call. */
export function countRefusal(status: number): void {
  refusals.inc({ status: String(status) });
}

let bodies: BodyMemory | undefined;

/** Shows what the calls of this process hold of bodies. */
export function showBodyMemory(memory: BodyMemory): void {
  bodies = memory;
}

void new Gauge({
  name: 'isthmus_gateway_body_bytes',
  help: 'Bytes of bodies that calls hold in memory; `body-memory` limits them',
  collect() {
    this.set(bodies?.held ?? 0);
  },
});

void new Counter({
  name: 'isthmus_gateway_bodies_refused_total',
  help: 'Bodies that found no room in memory (503, MessageBodyNoRoom)',
  collect() {
    this.reset();
    this.inc(bodies?.refused ?? 0);
  },
});
