import { Headers } from '@isthmus/policy-engine';
import { BackendPool } from './backend-pool.js';
import { CircuitBreaker } from './circuit-breaker.js';
import type { BreakerRule } from './circuit-breaker.js';
import { egressGuard } from './egress-guard.js';
import { backendFailure } from './failures.js';
import { removeHopHeaders, wireHeaders } from './hop-headers.js';

function makeRule(more: Partial<BreakerRule> = {}): BreakerRule {
  return {
    name: 'rule',
    count: 3,
    percentage: undefined,
    interval: 10_000,
    statusCodeRanges: [{ min: 500, max: 599 }],
    errorReasons: [],
    tripDuration: 60_000,
    acceptRetryAfter: true,
    ...more,
  };
}

describe('CircuitBreaker', () => {
  let now = 0;
  const broken = { statusCode: 500, retryAfter: undefined };
  beforeEach(() => (now = 1_000_000));

  it('opens at the limit of failures and closes after the trip time', () => {
    const breaker = new CircuitBreaker([makeRule()], () => now);
    breaker.record(broken);
    breaker.record(broken);
    expect(breaker.isOpen).toBe(false);
    breaker.record(broken);
    expect(breaker.isOpen).toBe(true);
    now += 59_999;
    expect(breaker.isOpen).toBe(true);
    now += 1;
    expect(breaker.isOpen).toBe(false);
  });
  it('forgets failures older than the interval', () => {
    const breaker = new CircuitBreaker([makeRule()], () => now);
    breaker.record(broken);
    breaker.record(broken);
    now += 10_001;
    breaker.record(broken);
    expect(breaker.isOpen).toBe(false);
  });
  it('counts only the named status codes', () => {
    const breaker = new CircuitBreaker(
      [makeRule({ count: 1, statusCodeRanges: [{ min: 429, max: 429 }] })],
      () => now,
    );
    breaker.record(broken);
    expect(breaker.isOpen).toBe(false);
    breaker.record({ statusCode: 429, retryAfter: undefined });
    expect(breaker.isOpen).toBe(true);
  });
  it('takes the trip time from Retry-After', () => {
    const breaker = new CircuitBreaker([makeRule({ count: 1 })], () => now);
    breaker.record({ statusCode: 503, retryAfter: '5' });
    expect(breaker.opensIn).toBe(5000);
  });
  it('counts errors without an answer', () => {
    const breaker = new CircuitBreaker(
      [makeRule({ count: 1, errorReasons: ['Timeout'] })],
      () => now,
    );
    breaker.record({ errorReason: 'BackendConnectionFailure' });
    expect(breaker.isOpen).toBe(false);
    breaker.record({ errorReason: 'Timeout' });
    expect(breaker.isOpen).toBe(true);
  });
  it('opens at a share of failures', () => {
    const breaker = new CircuitBreaker([makeRule({ count: undefined, percentage: 50 })], () => now);
    for (let index = 0; index < 4; index++)
      breaker.record({ statusCode: 200, retryAfter: undefined });
    for (let index = 0; index < 3; index++) breaker.record(broken);
    expect(breaker.isOpen).toBe(false);
    breaker.record(broken);
    expect(breaker.isOpen).toBe(true);
  });
  it('forgets a share of calls older than the interval', () => {
    const breaker = new CircuitBreaker([makeRule({ count: undefined, percentage: 50 })], () => now);
    for (let index = 0; index < 100; index++)
      breaker.record({ statusCode: 200, retryAfter: undefined });
    for (let index = 0; index < 4; index++) breaker.record(broken);
    now += 10_001;
    breaker.record(broken);
    expect(breaker.isOpen).toBe(false);
    for (let index = 0; index < 4; index++) breaker.record(broken);
    expect(breaker.isOpen).toBe(true);
  });
  it('counts failures that stand close together, not those spread over more than the interval', () => {
    const breaker = new CircuitBreaker([makeRule()], () => now);
    for (let index = 0; index < 50; index++, now += 5000) breaker.record(broken);
    expect(breaker.isOpen).toBe(false);
    now += 5000;
    for (let index = 0; index < 3; index++, now += 4999) breaker.record(broken);
    expect(breaker.isOpen).toBe(true);
  });
  it.each([
    ['that go well', { statusCode: 200, retryAfter: undefined }],
    ['of which some fail', undefined],
  ])('takes as long for a million calls %s, and no memory for each', (_what, always) => {
    const hour = 3_600_000;
    const breaker = new CircuitBreaker(
      [
        makeRule({ count: 100_000, interval: hour }),
        makeRule({ count: undefined, percentage: 50, interval: hour }),
      ],
      () => now,
    );
    const well = { statusCode: 200, retryAfter: undefined };
    const costOf = (calls: number): number => {
      const before = process.cpuUsage();
      for (let index = 0; index < calls; index++) {
        now += 1;
        breaker.record(always ?? (index % 20 === 0 ? broken : well));
      }
      return process.cpuUsage(before).user;
    };
    const first = costOf(100_000);
    costOf(800_000);
    // To go through what is remembered at each call would cost hundreds of times as much in the end.
    expect(costOf(100_000)).toBeLessThan(20 * first);
    expect(breaker.isOpen).toBe(false);
  });
});

describe('BackendPool', () => {
  const all = (): boolean => true;
  it('takes turns', () => {
    const pool = new BackendPool([
      { backend: 'a', priority: 1, weight: 1 },
      { backend: 'b', priority: 1, weight: 1 },
    ]);
    expect([1, 2, 3, 4].map(() => pool.choose(all))).toEqual(['a', 'b', 'a', 'b']);
  });
  it('shares by weight', () => {
    const pool = new BackendPool([
      { backend: 'a', priority: 1, weight: 3 },
      { backend: 'b', priority: 1, weight: 1 },
    ]);
    const chosen = Array.from({ length: 8 }, () => pool.choose(all));
    expect(chosen.filter((one) => one === 'a')).toHaveLength(6);
  });
  it('uses the next priority only when the first is away', () => {
    const pool = new BackendPool([
      { backend: 'a', priority: 1, weight: 1 },
      { backend: 'b', priority: 2, weight: 1 },
    ]);
    expect(pool.choose(all)).toBe('a');
    expect(pool.choose((one) => one !== 'a')).toBe('b');
    expect(pool.choose(() => false)).toBeUndefined();
  });
});

describe('removeHopHeaders', () => {
  it('removes hop-by-hop fields and those that Connection names, in any case', () => {
    const headers = Headers.from([
      ['Connection', 'close, X-Token'],
      ['x-token', '1'],
      ['Keep-Alive', 'x'],
      ['TE', 'trailers'],
      ['X-Other', '2'],
    ]);
    removeHopHeaders(headers);
    expect([...headers].map(([name]) => name)).toEqual(['X-Other']);
  });
  it('does not let a caller remove what the gateway relies on', () => {
    const headers = Headers.from([
      ['Connection', 'x-forwarded-for, Authorization, content-length'],
      ['X-Forwarded-For', '1.1.1.1'],
      ['Authorization', 'x'],
      ['Content-Length', '3'],
    ]);
    removeHopHeaders(headers);
    expect(
      headers.has('X-Forwarded-For') &&
        headers.has('Authorization') &&
        headers.has('Content-Length'),
    ).toBe(true);
  });
  it('leaves hop-by-hop fields that a policy set off the wire', () => {
    const headers = Headers.from([
      ['Transfer-Encoding', 'chunked'],
      ['Upgrade', 'h2c'],
      ['X-A', '1'],
    ]);
    expect(wireHeaders(headers, new Set())).toEqual(['X-A', '1']);
  });
});

describe('egressGuard', () => {
  const strict = egressGuard(false);
  it.each([
    '127.0.0.1',
    '::1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.1.1',
    '0.0.0.0',
    '100.64.0.1',
    'fe80::1',
    'fc00::1',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    'not-an-address',
    '169.254.169.254',
    '[::1]',
    '198.18.0.1',
    '192.0.2.1',
  ])('refuses %s', (address) => expect(strict.allows(address)).toBe(false));
  it.each(['8.8.8.8', '2606:4700::1111', '64:ff9b::808:808'])('allows %s', (address) =>
    expect(strict.allows(address)).toBe(true),
  );
  it('allows private addresses when told to, never those of metadata services', () => {
    const open = egressGuard(true);
    expect(open.allows('127.0.0.1')).toBe(true);
    expect(open.allows('169.254.169.254')).toBe(false);
    expect(open.allows('::ffff:169.254.169.254')).toBe(false);
  });
});

describe('backendFailure', () => {
  it.each([
    ['ECONNREFUSED', 'connection_refused', false],
    ['ENOTFOUND', 'dns_error', false],
    ['UND_ERR_SOCKET', 'connection_terminated', true],
    ['UND_ERR_CONNECT_TIMEOUT', 'connection_timeout', false],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls_certificate_error', false],
    ['HPE_INVALID_CONSTANT', 'http_protocol_error', true],
  ])('names the cause of %s', (code, status, mayHaveArrived) => {
    const failure = backendFailure(Object.assign(new Error('x'), { code }));
    expect([failure.reason, failure.proxyStatus, failure.mayHaveArrived]).toEqual([
      'BackendConnectionFailure',
      status,
      mayHaveArrived,
    ]);
  });
  it('looks into attempts on several addresses', () => {
    const inner = Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
    expect(backendFailure(new AggregateError([inner])).proxyStatus).toBe('connection_refused');
  });
});
