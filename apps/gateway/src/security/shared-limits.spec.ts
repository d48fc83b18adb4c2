import { randomUUID } from 'node:crypto';
import { rawBackend, startGateway, talk, wideApi } from '../testing/start-gateway.js';
import { hasRedis, RedisServer } from '../testing/redis-server.js';

const running = process.env['TEST_REDIS_URL'];
const suite = hasRedis(running) ? describe : describe.skip;
const policy = (inbound: string): string =>
  `<policies><inbound>${inbound}</inbound><backend><forward-request/></backend><outbound/><on-error/></policies>`;
const get = 'GET /api/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

suite('two gateways and one Redis (needs TEST_REDIS_URL or redis-server)', () => {
  it('F5: share one limit exactly, and each serves on with its share while Redis is away', async () => {
    const redis = await RedisServer.start(running);
    const backend = await rawBackend((socket) =>
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')),
    );
    const api = wideApi(
      backend.port,
      policy(`<rate-limit-by-key calls="20" renewal-period="300" counter-key="${randomUUID()}"/>`),
    );
    const flags = [`--redis-url=${redis.url}`, '--replicas=2'];
    const gateways = [await startGateway(api, flags), await startGateway(api, flags)];
    const statuses = async (count: number): Promise<string[]> => {
      const calls = Array.from(
        { length: count },
        async (_, index) =>
          /HTTP\/1\.1 (\d+)/.exec((await talk(gateways[index % 2]!.port, get)).text)?.[1] ?? 'none',
      );
      return (await Promise.all(calls)).sort();
    };
    // The connection to Redis is made in the background; until then each gateway counts its share.
    for (let index = 0; index < 50 && (await statuses(2)).length < 2; index++);
    const first = await statuses(60);
    const before = 20 - first.filter((one) => one === '200').length;
    expect(before).toBeLessThanOrEqual(2);
    expect(first.filter((one) => one === '429')).toHaveLength(60 - 20 + before);
    await redis.stop();
    const away = await statuses(60);
    expect(new Set(away)).toEqual(new Set(['200', '429']));
    expect(away.filter((one) => one === '200').length).toBeLessThanOrEqual(22);
    for (const gateway of gateways) await gateway.close();
    backend.close();
  }, 30_000);
});
