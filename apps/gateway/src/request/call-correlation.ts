import type { Headers } from '@isthmus/policy-engine';

/** What ties the log lines of all processes that took part in one call together. */
export interface CallCorrelation {
  /** W3C trace id: the caller's, else that of the request. */
  readonly traceId: string;
  /** The gateway's own span. */
  readonly spanId: string;
  readonly flags: string;
  /** The caller's tracking id, else the trace id. */
  readonly correlationId: string;
}

/** A trace that goes on (W3C Trace Context): version 00, no zero ids. */
const traceparent = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})$/;

/** Tracking ids are written to logs: only short printable ones count. */
const trackingId = /^[\x21-\x7e]{1,128}$/;

/** The correlation of a request whose header is as it came. */
export function callCorrelation(headers: Headers, requestId: string): CallCorrelation {
  const given = headers.text('x-ms-client-tracking-id') ?? headers.text('x-correlation-id');
  return correlate(requestId.replaceAll('-', ''), headers.text('traceparent'), given);
}

/** Goes on with the caller's trace, or begins one whose id is that of the request: `own`, without hyphens. */
export function correlate(
  own: string,
  caller: string | undefined,
  tracking: string | undefined,
): CallCorrelation {
  const found = caller === undefined ? null : traceparent.exec(caller);
  const traceId = found?.[1] ?? own;
  return {
    traceId,
    spanId: own.slice(16),
    flags: found?.[2] ?? '01',
    correlationId: tracking !== undefined && trackingId.test(tracking) ? tracking : traceId,
  };
}
