import { setTimeout as sleep } from 'node:timers/promises';
import { hasRedis, ManagedGateway } from './managed-gateway.js';

const takenAway = `the catalog, PostgreSQL${hasRedis ? ' and Redis' : ' (no redis-server here: without Redis)'}`;

/** A policy that asks Redis in each call: for a limit and for a cached value. */
const policy = `<policies>
  <inbound>
    <base />
    <rate-limit-by-key calls="1000000" renewal-period="60" counter-key="@(context.Subscription.Id)" />
    <cache-lookup-value key="greeting" variable-name="greeting" default-value="none" />
    <cache-store-value key="greeting" value="hello" duration="60" />
  </inbound>
  <backend><base /></backend>
  <outbound><base /></outbound>
  <on-error><base /></on-error>
</policies>`;

/** Calls at a steady rate, whatever becomes of them; gives the statuses (0: no answer). */
async function steadyLoad(call: () => Promise<number>, rate: number, seconds: number) {
  const calls: Promise<number>[] = [];
  const started = performance.now();
  for (let index = 0; index < rate * seconds; index++) {
    calls.push(call().catch(() => 0));
    await sleep(Math.max(0, started + ((index + 1) * 1000) / rate - performance.now()));
  }
  return Promise.all(calls);
}

describe('a gateway whose services go away', () => {
  let services: ManagedGateway;
  beforeAll(async () => {
    services = await ManagedGateway.start(policy);
  }, 120_000);
  afterAll(() => services?.stop(), 60_000);

  it(`loses no call when ${takenAway} are pulled away during load, and starts again without them`, async () => {
    const call = () => services.call();
    expect(await call()).toBe(200);
    const load = steadyLoad(call, 50, 6);
    await sleep(2500);
    await services.pullAway();
    const statuses = await load;
    expect(statuses).toHaveLength(300);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    await expect(fetch(services.catalog.url)).rejects.toThrow('fetch failed');
    await services.gateway.kill();
    await services.startGateway();
    expect(new Set(await steadyLoad(call, 20, 1))).toEqual(new Set([200]));
  }, 90_000);
});
