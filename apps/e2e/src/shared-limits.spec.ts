import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { ServiceProcess } from './service-process.js';

const redisBinary = ['/usr/bin/redis-server', '/usr/local/bin/redis-server'].find((one) =>
  existsSync(one),
);
const running = process.env['TEST_REDIS_URL'];
const suite = running !== undefined || redisBinary !== undefined ? describe : describe.skip;

/** Each path has its limit; the key is the caller's, so that every test counts on its own. */
const key = '@(context.Request.Url.Query.GetValueOrDefault(&quot;key&quot;))';
const limits: Readonly<Record<string, string>> = {
  rate: `<rate-limit-by-key calls="40" renewal-period="300" counter-key="${key}" />`,
  quota: `<quota-by-key calls="25" renewal-period="3600" counter-key="${key}" />`,
};
const policy = (name: string): string =>
  `<policies><inbound>${limits[name]!}<return-response><set-status code="200" reason="OK" /></return-response></inbound><backend><base /></backend><outbound /><on-error /></policies>`;

async function writeApis(folder: string): Promise<void> {
  for (const name of Object.keys(limits)) {
    const api = join(folder, 'apis', name);
    await mkdir(api, { recursive: true });
    await writeFile(
      join(api, 'apiInformation.json'),
      JSON.stringify({
        properties: {
          displayName: name,
          path: name,
          protocols: ['http'],
          subscriptionRequired: false,
          serviceUrl: 'http://127.0.0.1:1',
        },
      }),
    );
    await writeFile(
      join(api, 'specification.json'),
      JSON.stringify({
        openapi: '3.0.1',
        info: { title: name, version: '1' },
        paths: { '/': { get: { operationId: 'get', responses: { 200: { description: 'ok' } } } } },
      }),
    );
    await writeFile(join(api, 'policy.xml'), policy(name));
  }
}

suite('two gateway processes and one Redis (needs TEST_REDIS_URL or redis-server)', () => {
  let folder: string;
  let redis: ChildProcess | undefined;
  let gateways: ServiceProcess[] = [];

  /** Statuses of calls that go to both gateways at the same time. */
  const statuses = async (path: string, count: number): Promise<number[]> => {
    const calls = Array.from({ length: count }, async (_, index) => {
      const response = await fetch(`${gateways[index % 2]!.url}${path}`);
      await response.arrayBuffer();
      return response.status;
    });
    return Promise.all(calls);
  };
  const times = (status: number, all: readonly number[]): number =>
    all.filter((one) => one === status).length;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isthmus-limits-'));
    await writeApis(folder);
    const port = await freePort();
    if (running === undefined)
      redis = spawn(redisBinary!, ['--port', String(port), '--bind', '127.0.0.1', '--save', ''], {
        stdio: 'ignore',
      });
    const start = async (name: string): Promise<ServiceProcess> =>
      ServiceProcess.start('apps/gateway/dist/main.js', [
        ...['--port', String(await freePort()), '--management-port', String(await freePort())],
        ...['--config', folder, '--redis-url', running ?? `redis://127.0.0.1:${port}`],
        ...['--backup-folder', join(folder, name), '--access-log', 'errors', '--replicas', '2'],
      ]);
    gateways = await Promise.all([start('one'), start('two')]);
    // The connections to Redis are made in the background: from the first exact count on, both have theirs.
    for (let index = 0; index < 50; index++)
      if (times(200, await statuses(`/rate?key=${randomUUID()}`, 80)) === 40) return;
    throw new Error('the gateways do not share their limit');
  }, 90_000);
  afterAll(async () => {
    await Promise.all(gateways.map((one) => one.stop()));
    redis?.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true, maxRetries: 9 });
  }, 30_000);

  it.each([
    ['rate limit', '/rate', 40, 429],
    ['quota', '/quota', 25, 403],
  ])(
    'share one %s exactly',
    async (_name, path, limit, refusal) => {
      for (let round = 0; round < 3; round++) {
        const address = `${path}?key=${randomUUID()}`;
        const all = await statuses(address, 100);
        expect([times(200, all), times(refusal, all)]).toEqual([limit, 100 - limit]);
        expect(times(refusal, await statuses(address, 10))).toBe(10);
      }
    },
    30_000,
  );
});

describe('one gateway with two workers and no Redis', () => {
  let folder: string;
  let gateway: ServiceProcess;
  const statuses = async (path: string, count: number): Promise<number[]> =>
    Promise.all(
      Array.from({ length: count }, async () => {
        const response = await fetch(`${gateway.url}${path}`, { headers: { connection: 'close' } });
        await response.arrayBuffer();
        return response.status;
      }),
    );

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isthmus-workers-'));
    await writeApis(folder);
    const port = String(await freePort());
    gateway = await ServiceProcess.start(
      'apps/gateway/dist/main.js',
      [
        ...['--port', port, '--management-port', '0', '--config', folder, '--workers', '2'],
        ...['--backup-folder', join(folder, 'backup'), '--access-log', 'errors'],
      ],
      `http://127.0.0.1:${port}`,
    );
  }, 90_000);
  afterAll(async () => {
    await gateway?.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 9 });
  }, 30_000);

  it.each([
    ['rate limit', '/rate', 40, 429],
    ['quota', '/quota', 25, 403],
  ])(
    'keeps a %s exactly over both',
    async (_name, path, limit, refusal) => {
      const all = await statuses(`${path}?key=${randomUUID()}`, 100);
      const times = (status: number): number => all.filter((one) => one === status).length;
      expect([times(200), times(refusal)]).toEqual([limit, 100 - limit]);
    },
    30_000,
  );
});
