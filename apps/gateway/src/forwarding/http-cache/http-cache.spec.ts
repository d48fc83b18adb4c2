import {
  FakeForward,
  fakePorts,
  FixedClock,
  Headers,
  InMemoryCache,
  PolicyContext,
  Query,
  Request,
  RequestUrl,
  Response,
  Body,
} from '@isthmus/policy-engine';
import type { ForwardOptions } from '@isthmus/policy-engine';
import { CachingForward } from './caching-forward.js';

const options = {} as ForwardOptions;
const start = Date.parse('2026-01-01T00:00:00Z');

/** One address, an origin that a test scripts, and a clock that stands still. */
function makeCache(): {
  clock: FixedClock;
  seen: { method: string; headers: Headers }[];
  origin: { answer: (request: Request) => Response };
  call: (
    headers?: Record<string, string>,
    method?: string,
    path?: string,
  ) => Promise<{
    status: number;
    body: string;
    age: string | undefined;
    after: () => Promise<void>;
    headers: Headers;
  }>;
} {
  const clock = new FixedClock(start);
  const seen: { method: string; headers: Headers }[] = [];
  const origin = { answer: (_request: Request): Response => respond('none', {}) };
  const forward = new FakeForward((context) => {
    seen.push({ method: context.request.method, headers: context.request.headers.clone() });
    return origin.answer(context.request);
  });
  const caching = new CachingForward(forward, new InMemoryCache(clock), () => clock.now());
  const call = async (
    headers: Record<string, string> = {},
    method = 'GET',
    path = '/x',
  ): ReturnType<ReturnType<typeof makeCache>['call']> => {
    const url = new RequestUrl(
      { scheme: 'https', host: 'b.example', port: 443, path: '' },
      path,
      new Query(),
    );
    const request = new Request({
      method,
      url,
      originalUrl: url,
      headers: Headers.from(Object.entries(headers)),
      body: null,
      ipAddress: '',
    });
    const context = new PolicyContext({
      request,
      ports: fakePorts({ clock }),
      requestId: '',
      deployment: {
        gatewayId: '',
        instanceId: '',
        region: '',
        serviceId: '',
        serviceName: '',
        certificates: new Map(),
      },
    });
    const response = await caching.forward(context, options);
    await response.body?.buffer();
    const after = async (): Promise<void> => {
      for (const work of context.afterwards) await work();
    };
    return {
      status: response.statusCode,
      body: response.body?.text ?? '',
      age: response.headers.text('age'),
      after,
      headers: response.headers,
    };
  };
  return { clock, seen, origin, call };
}

function respond(body: string, headers: Record<string, string>, status = 200): Response {
  return new Response(
    status,
    undefined,
    Headers.from(Object.entries(headers)),
    Body.fromStream(
      (async function* () {
        yield Buffer.from(body);
      })(),
    ),
  );
}

describe('caching by RFC 9111', () => {
  it('answers from the cache while fresh, with an age', async () => {
    const { clock, seen, origin, call } = makeCache();
    origin.answer = () => respond('a', { 'Cache-Control': 'max-age=60' });
    await call();
    clock.advance(30_000);
    expect(await call()).toMatchObject({ status: 200, body: 'a', age: '30' });
    expect(seen).toHaveLength(1);
    clock.advance(31_000);
    await call();
    expect(seen).toHaveLength(2);
  });
  it.each([
    ['no-store', { 'Cache-Control': 'no-store' }, {}],
    ['private', { 'Cache-Control': 'private, max-age=9' }, {}],
    ['nothing about it', {}, {}],
    ['Vary: *', { 'Cache-Control': 'max-age=9', Vary: '*' }, {}],
    ['a cookie', { 'Cache-Control': 'max-age=9', 'Set-Cookie': 'a=1' }, {}],
    ['authorised requests', { 'Cache-Control': 'max-age=9' }, { Authorization: 'x' }],
    ['a request with no-store', { 'Cache-Control': 'max-age=9' }, { 'Cache-Control': 'no-store' }],
    ['a malformed max-age', { 'Cache-Control': 'max-age=abc' }, {}],
  ])('does not answer from the cache: %s', async (_name, told, asked) => {
    const { seen, origin, call } = makeCache();
    origin.answer = () => respond('a', told);
    await call(asked);
    await call(asked);
    expect(seen).toHaveLength(2);
  });
  it.each([
    ['public', 'public, max-age=9'],
    ['s-maxage', 's-maxage=9'],
    ['must-revalidate', 'must-revalidate, max-age=9'],
  ])('keeps answers to authorised requests with %s', async (_name, control) => {
    const { seen, origin, call } = makeCache();
    origin.answer = () => respond('a', { 'Cache-Control': control });
    await call({ Authorization: 'x' });
    await call({ Authorization: 'x' });
    expect(seen).toHaveLength(1);
  });
  it('prefers s-maxage to max-age, and both to Expires', async () => {
    const { clock, seen, origin, call } = makeCache();
    origin.answer = () =>
      respond('a', {
        'Cache-Control': 'max-age=1, s-maxage=100',
        Expires: 'Thu, 01 Jan 1970 00:00:00 GMT',
      });
    await call();
    clock.advance(50_000);
    await call();
    expect(seen).toHaveLength(1);
  });
  it('takes Expires, and a tenth of the time since the last change where nobody says more', async () => {
    const { clock, seen, origin, call } = makeCache();
    const date = new Date(start).toUTCString();
    origin.answer = () =>
      respond('a', { Date: date, Expires: new Date(start + 20_000).toUTCString() });
    await call({}, 'GET', '/expires');
    origin.answer = () =>
      respond('b', { Date: date, 'Last-Modified': new Date(start - 200_000).toUTCString() });
    await call({}, 'GET', '/modified');
    clock.advance(15_000);
    await call({}, 'GET', '/expires');
    await call({}, 'GET', '/modified');
    expect(seen).toHaveLength(2);
    clock.advance(6_000);
    await call({}, 'GET', '/expires');
    expect(seen).toHaveLength(3);
  });
  it('counts the age that an answer comes with', async () => {
    const { clock, seen, origin, call } = makeCache();
    origin.answer = () => respond('a', { 'Cache-Control': 'max-age=60', Age: '50' });
    await call();
    clock.advance(11_000);
    await call();
    expect(seen).toHaveLength(2);
  });
  it('keeps variants by Vary', async () => {
    const { seen, origin, call } = makeCache();
    origin.answer = (request) =>
      respond(request.headers.text('accept-language') ?? '', {
        'Cache-Control': 'max-age=60',
        Vary: 'Accept-Language',
      });
    await call({ 'Accept-Language': 'de' });
    await call({ 'Accept-Language': 'en' });
    expect((await call({ 'Accept-Language': 'de' })).body).toBe('de');
    expect((await call({ 'Accept-Language': 'en' })).body).toBe('en');
    expect(seen).toHaveLength(2);
  });
  it('validates what is stale and goes on with what is stored', async () => {
    const { clock, seen, origin, call } = makeCache();
    origin.answer = () =>
      respond('a', { 'Cache-Control': 'max-age=10', ETag: '"1"', 'X-A': 'old' });
    await call();
    clock.advance(20_000);
    origin.answer = () =>
      new Response(
        304,
        undefined,
        Headers.from([
          ['Cache-Control', 'max-age=10'],
          ['X-A', 'new'],
        ]),
      );
    expect(await call()).toMatchObject({ status: 200, body: 'a', age: '0' });
    expect(seen[1]?.headers.text('if-none-match')).toBe('"1"');
    clock.advance(5_000);
    expect((await call()).headers.text('x-a')).toBe('new');
    expect(seen).toHaveLength(2);
  });
  it('validates by date, and stores a new answer', async () => {
    const { clock, seen, origin, call } = makeCache();
    origin.answer = () =>
      respond('a', {
        'Cache-Control': 'no-cache',
        'Last-Modified': 'Wed, 31 Dec 2025 00:00:00 GMT',
      });
    await call();
    clock.advance(1000);
    origin.answer = () => respond('b', { 'Cache-Control': 'max-age=60', ETag: '"2"' });
    expect((await call()).body).toBe('b');
    expect(seen[1]?.headers.text('if-modified-since')).toBe('Wed, 31 Dec 2025 00:00:00 GMT');
    expect((await call()).body).toBe('b');
    expect(seen).toHaveLength(2);
  });
  it('answers conditional requests of callers by itself', async () => {
    const { origin, call } = makeCache();
    origin.answer = () =>
      respond('a', { 'Cache-Control': 'max-age=60', ETag: 'W/"1"', 'Content-Type': 'text/plain' });
    await call();
    expect(await call({ 'If-None-Match': '"0", "1"' })).toMatchObject({ status: 304, body: '' });
    expect((await call({ 'If-None-Match': '"2"' })).status).toBe(200);
  });
  it.each([
    ['no-cache', { 'Cache-Control': 'no-cache' }],
    ['Pragma', { Pragma: 'no-cache' }],
    ['max-age', { 'Cache-Control': 'max-age=5' }],
    ['min-fresh', { 'Cache-Control': 'min-fresh=55' }],
  ])('asks the origin when the caller wants it: %s', async (_name, asked) => {
    const { clock, seen, origin, call } = makeCache();
    origin.answer = () => respond('a', { 'Cache-Control': 'max-age=60' });
    await call();
    clock.advance(10_000);
    await call(asked);
    expect(seen).toHaveLength(2);
  });
  it('answers stale when the caller takes it, never against must-revalidate', async () => {
    const { clock, seen, origin, call } = makeCache();
    origin.answer = () => respond('a', { 'Cache-Control': 'max-age=10' });
    await call({}, 'GET', '/a');
    origin.answer = () => respond('b', { 'Cache-Control': 'max-age=10, must-revalidate' });
    await call({}, 'GET', '/b');
    clock.advance(15_000);
    await call({ 'Cache-Control': 'max-stale' }, 'GET', '/a');
    expect(seen).toHaveLength(2);
    await call({ 'Cache-Control': 'max-stale=3' }, 'GET', '/a');
    await call({ 'Cache-Control': 'max-stale' }, 'GET', '/b');
    expect(seen).toHaveLength(4);
  });
  it('answers 504 for only-if-cached without an entry', async () => {
    expect((await makeCache().call({ 'Cache-Control': 'only-if-cached' })).status).toBe(504);
  });
  it('answers at once and validates afterwards with stale-while-revalidate', async () => {
    const { clock, seen, origin, call } = makeCache();
    origin.answer = () =>
      respond('a', { 'Cache-Control': 'max-age=10, stale-while-revalidate=30' });
    await call();
    clock.advance(20_000);
    origin.answer = () => respond('b', { 'Cache-Control': 'max-age=10' });
    const stale = await call();
    expect(stale.body).toBe('a');
    expect(seen).toHaveLength(1);
    await stale.after();
    expect((await call()).body).toBe('b');
    expect(seen).toHaveLength(2);
  });
  it('stands in for an origin that fails with stale-if-error, for as long as that says', async () => {
    const { clock, origin, call } = makeCache();
    origin.answer = () => respond('a', { 'Cache-Control': 'max-age=10, stale-if-error=60' });
    await call();
    clock.advance(30_000);
    origin.answer = () => respond('bad', {}, 503);
    expect((await call()).body).toBe('a');
    origin.answer = () => {
      throw new Error('gone');
    };
    expect((await call()).body).toBe('a');
    clock.advance(60_000);
    await expect(call()).rejects.toThrow('gone');
  });
  it('forgets an address when an unsafe request to it succeeds, and those that the answer names', async () => {
    const { seen, origin, call } = makeCache();
    origin.answer = () => respond('a', { 'Cache-Control': 'max-age=60' });
    await call({}, 'GET', '/x');
    await call({}, 'GET', '/y');
    origin.answer = () => respond('', { Location: '/y' }, 500);
    await call({}, 'POST', '/x');
    await call({}, 'GET', '/x');
    expect(seen).toHaveLength(3);
    origin.answer = () => respond('', { Location: '/y' }, 201);
    await call({}, 'POST', '/x');
    origin.answer = () => respond('c', { 'Cache-Control': 'max-age=60' });
    expect((await call({}, 'GET', '/x')).body).toBe('c');
    expect((await call({}, 'GET', '/y')).body).toBe('c');
  });
  it('does not store an answer that breaks off', async () => {
    const { seen, origin, call } = makeCache();
    origin.answer = () =>
      new Response(
        200,
        undefined,
        Headers.from([['Cache-Control', 'max-age=60']]),
        Body.fromStream(
          (async function* () {
            yield Buffer.from('a');
            throw new Error('cut');
          })(),
        ),
      );
    await expect(call()).rejects.toThrow('cut');
    origin.answer = () => respond('whole', { 'Cache-Control': 'max-age=60' });
    expect((await call()).body).toBe('whole');
    expect(seen).toHaveLength(2);
  });
});
