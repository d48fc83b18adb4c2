import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';

/** What ties the work of several processes for one call together. */
export interface Correlation {
  /** The caller's tracking id (`x-ms-client-tracking-id`, `x-correlation-id`), else the trace id. */
  readonly correlationId: string;
  /** W3C Trace Context trace id, 32 hexadecimal digits. */
  readonly traceId: string;
  /** This process's span, 16 hexadecimal digits. */
  readonly spanId: string;
  readonly parentSpanId?: string;
  /** The two-digit trace flags, passed on as they came. */
  readonly flags: string;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

const storage = new AsyncLocalStorage<Correlation>();

/** The correlation of the work in progress, where there is any. */
export function currentCorrelation(): Correlation | undefined {
  return storage.getStore();
}

/** Runs work under a correlation; everything it awaits sees it too. */
export function withCorrelation<T>(correlation: Correlation, work: () => T): T {
  return storage.run(correlation, work);
}

const traceparent = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const zeros = /^0+$/;

/**
 * Continues the trace of an incoming message (W3C Trace Context section 3.2), or begins one. A
 * malformed `traceparent` is ignored, as the recommendation demands. Tracking ids that are not
 * short printable text are ignored: they are written to logs.
 */
export function correlationOf(headers: Headers): Correlation {
  const parent = single(headers['traceparent']);
  const match = parent === undefined ? null : traceparent.exec(parent);
  const valid = match && !zeros.test(match[1]!) && !zeros.test(match[2]!);
  const traceId = valid ? match[1]! : randomHex(32);
  const given = single(headers['x-ms-client-tracking-id']) ?? single(headers['x-correlation-id']);
  return {
    correlationId: given && /^[\x21-\x7e]{1,128}$/.test(given) ? given : traceId,
    traceId,
    spanId: randomHex(16),
    ...(valid ? { parentSpanId: match[2]! } : {}),
    flags: valid ? match[3]! : '01',
  };
}

/** The value of `traceparent` for the next process. */
export function traceparentOf({ traceId, spanId, flags }: Correlation): string {
  return `00-${traceId}-${spanId}-${flags}`;
}

/** The headers that carry a correlation to the next process. */
export function correlationHeaders(
  correlation: Correlation | undefined = currentCorrelation(),
): Record<string, string> {
  if (!correlation) return {};
  return {
    traceparent: traceparentOf(correlation),
    'x-ms-client-tracking-id': correlation.correlationId,
  };
}

/** Random digits that nobody has had; they are fetched in bulk. */
let digits = '';
let used = 0;

/** So many random hexadecimal digits, not all zero. */
function randomHex(count: number): string {
  if (used + count > digits.length) {
    digits = randomBytes(2048).toString('hex');
    used = 0;
  }
  const text = digits.slice(used, (used += count));
  return zeros.test(text) ? randomHex(count) : text;
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
