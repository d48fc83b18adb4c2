import {
  correlationHeaders,
  correlationOf,
  currentCorrelation,
  withCorrelation,
} from './correlation.js';

const trace = '0af7651916cd43dd8448eb211c80319c';

describe('correlationOf', () => {
  it('continues a valid trace with a span of its own', () => {
    const correlation = correlationOf({ traceparent: `00-${trace}-b7ad6b7169203331-01` });
    expect(correlation).toMatchObject({
      traceId: trace,
      parentSpanId: 'b7ad6b7169203331',
      flags: '01',
    });
    expect(correlation.spanId).toMatch(/^[0-9a-f]{16}$/);
    expect(correlation.spanId).not.toBe('b7ad6b7169203331');
  });

  it.each([
    ['garbage', 'x'],
    ['an all-zero trace id', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`],
    ['an all-zero span id', `00-${trace}-${'0'.repeat(16)}-01`],
    ['upper-case digits', `00-${trace.toUpperCase()}-b7ad6b7169203331-01`],
  ])('begins a trace on %s', (_, traceparent) => {
    const correlation = correlationOf({ traceparent });
    expect(correlation.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(correlation.traceId).not.toBe(trace);
    expect(correlation.parentSpanId).toBeUndefined();
  });

  it('takes the tracking id of the caller unless it could break a log line', () => {
    expect(correlationOf({ 'x-ms-client-tracking-id': 'order-1' }).correlationId).toBe('order-1');
    const hostile = correlationOf({ 'x-ms-client-tracking-id': 'a b\n' });
    expect(hostile.correlationId).toBe(hostile.traceId);
  });
});

describe('withCorrelation', () => {
  it('is seen by everything awaited below and gives the outgoing headers', async () => {
    const correlation = correlationOf({ 'x-correlation-id': 'c1' });
    await withCorrelation(correlation, async () => {
      await Promise.resolve();
      expect(currentCorrelation()).toBe(correlation);
      expect(correlationHeaders()).toEqual({
        traceparent: `00-${correlation.traceId}-${correlation.spanId}-01`,
        'x-ms-client-tracking-id': 'c1',
      });
    });
    expect(correlationHeaders()).toEqual({});
  });
});
