import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { CounterWindow } from '@isthmus/policy-engine';
import { Redis } from 'ioredis';
import { hasRedis, RedisServer } from '../testing/redis-server.js';
import { GatewayCache } from './gateway-cache.js';
import { RedisCounters } from './redis-counters.js';
import type { WhenAway } from './redis-counters.js';
import { systemClock } from './system-clock.js';

const running = process.env['TEST_REDIS_URL'];
/** A Redis that others use has their keys. */
const run = randomUUID();
const suite = hasRedis(running) ? describe : describe.skip;

suite('with a real Redis (needs TEST_REDIS_URL or redis-server)', () => {
  let server: RedisServer;
  const clients: Redis[] = [];
  const told: string[] = [];
  beforeAll(async () => void (server = await RedisServer.start(running)));
  afterAll(() => server.stop());
  afterEach(() => {
    for (const client of clients.splice(0)) client.disconnect();
  });

  async function connect(): Promise<Redis> {
    const client = new Redis(server.url, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: 500,
      retryStrategy: () => 50,
    });
    client.on('error', () => {});
    clients.push(client);
    await new Promise((resolve) => client.once('ready', resolve));
    return client;
  }
  async function counters(more: Partial<WhenAway> = {}): Promise<RedisCounters> {
    return new RedisCounters(await connect(), systemClock, {
      rule: 'local-share',
      replicas: 1,
      tell: (message) => void told.push(message),
      ...more,
    });
  }
  const sliding = (period: number): CounterWindow => ({ kind: 'sliding', period });

  it('two gateways let through exactly the limit, however the calls mix', async () => {
    const [a, b] = [await counters(), await counters()];
    const calls = Array.from({ length: 100 }, (_, index) =>
      (index % 2 ? a : b).add(`exact-${run}`, 1, sliding(60_000), 37),
    );
    const accepted = (await Promise.all(calls)).filter((one) => one.accepted);
    expect(accepted).toHaveLength(37);
    expect((await a.read(`exact-${run}`, sliding(60_000))).count).toBe(37);
  });

  it('counts again when the oldest leaves the window', async () => {
    const one = await counters();
    expect((await one.add(`slide-${run}`, 1, sliding(300), 1)).accepted).toBe(true);
    const refused = await one.add(`slide-${run}`, 1, sliding(300), 1);
    expect(refused.accepted).toBe(false);
    expect(refused.resetAfter).toBeGreaterThan(200);
    expect(refused.resetAfter).toBeLessThanOrEqual(300);
    await wait(320);
    expect((await one.add(`slide-${run}`, 1, sliding(300), 1)).accepted).toBe(true);
  });

  it('adds amounts above one, and nothing that would pass the limit', async () => {
    const one = await counters();
    expect(await one.add(`amount-${run}`, 600, sliding(60_000), 1000)).toMatchObject({
      count: 600,
      accepted: true,
    });
    expect(await one.add(`amount-${run}`, 600, sliding(60_000), 1000)).toMatchObject({
      count: 600,
      accepted: false,
    });
    expect(await one.add(`amount-${run}`, 400, sliding(60_000), 1000)).toMatchObject({
      count: 1000,
      accepted: true,
    });
  });

  it('counts fixed periods, and for ever without one', async () => {
    const one = await counters();
    const period: CounterWindow = { kind: 'fixed', period: 400, start: Date.now() - 50 };
    expect((await one.add(`fixed-${run}`, 1, period, 1)).accepted).toBe(true);
    expect((await one.add(`fixed-${run}`, 1, period, 1)).accepted).toBe(false);
    await wait(420);
    expect((await one.add(`fixed-${run}`, 1, period, 1)).accepted).toBe(true);
    const endless: CounterWindow = { kind: 'fixed', period: 0 };
    expect(await one.add(`endless-${run}`, 5, endless, Infinity)).toMatchObject({
      count: 5,
      accepted: true,
    });
    expect((await one.read(`endless-${run}`, endless)).count).toBe(5);
  });

  it('F5: counts a local share while Redis is away, and exactly again when it is back', async () => {
    const [sharing, refusing] = [
      await counters({ replicas: 3 }),
      await counters({ rule: 'refuse' }),
    ];
    await server.stop();
    const results = [];
    for (let index = 0; index < 6; index++)
      results.push((await sharing.add(`away-${run}`, 1, sliding(60_000), 9)).accepted);
    expect(results).toEqual([true, true, true, false, false, false]);
    expect((await refusing.add(`away-${run}`, 1, sliding(60_000), 9)).accepted).toBe(false);
    expect(told).toContain('limits are counted locally: Redis is away');
    await server.resume();
    await wait(300);
    expect(await sharing.add(`away-${run}`, 1, sliding(60_000), 9)).toMatchObject({
      count: 1,
      accepted: true,
    });
  });

  it('F5: does not hold a call up for long while Redis is away', async () => {
    const one = await counters();
    await server.stop();
    await one.add(`slow-${run}`, 1, sliding(60_000), 9);
    const started = performance.now();
    await one.add(`slow-${run}`, 1, sliding(60_000), 9);
    expect(performance.now() - started).toBeLessThan(600);
    await server.resume();
  });

  it('F5: keeps an external cache, whose outage is a miss', async () => {
    const redis = await connect();
    const cache = new GatewayCache(systemClock, 1000, {
      redis,
      tell: (message) => void told.push(message),
    });
    const value = { kind: 'text', data: Buffer.from('a\0b') };
    await cache.set('k', value, 60, 'prefer-external');
    expect(await cache.get('k', 'external')).toEqual({ ...value, own: true });
    expect(await cache.get('k', 'internal')).toBeUndefined();
    await cache.remove('k', 'external');
    expect(await cache.get('k', 'external')).toBeUndefined();
    await cache.set('short', value, 0.05, 'external');
    await wait(80);
    expect(await cache.get('short', 'external')).toBeUndefined();
    await server.stop();
    await cache.set('k', value, 60, 'external');
    expect(await cache.get('k', 'external')).toBeUndefined();
    expect(told).toContain('the external cache could not be read');
    await server.resume();
  });
});

describe('without Redis', () => {
  it('an external cache misses, prefer-external is the internal one', async () => {
    const cache = new GatewayCache(systemClock, 1000, { redis: undefined, tell: () => {} });
    const value = { kind: 'text', data: Buffer.from('x') };
    await cache.set('k', value, 60, 'external');
    expect(await cache.get('k', 'external')).toBeUndefined();
    await cache.set('k', value, 60, 'prefer-external');
    expect(await cache.get('k', 'internal')).toEqual(value);
  });
});
