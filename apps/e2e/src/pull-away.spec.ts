import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceProcess } from './service-process.js';

const tenant = '7e57c0de-0000-4000-8000-000000000001';
const service =
  '/subscriptions/local/resourceGroups/local/providers/Microsoft.ApiManagement/service/isthmus';
const gatewayKey = 'gateway-key-of-the-pull-away-test';
const traceSecret = 'trace-secret-of-the-pull-away-test';
const callerKey = 'caller-key-of-the-pull-away-test';
const redisBinary = ['/usr/bin/redis-server', '/usr/local/bin/redis-server'].find((one) =>
  existsSync(one),
);
const takenAway = `the catalog, PostgreSQL${redisBinary ? ' and Redis' : ' (no redis-server here: without Redis)'}`;

/** A policy that asks Redis twice in each call: for a limit and for a cached value. */
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

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });
}

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

/** Kills the embedded PostgreSQL of a data folder: its keeper first, which would start it again. */
async function killPostgres(dataFolder: string): Promise<void> {
  const found = (await readdir(dataFolder, { recursive: true })).find((one) =>
    one.endsWith('server.json'),
  );
  if (found === undefined) throw new Error('there is no PostgreSQL in the data folder');
  const { pid } = JSON.parse(await readFile(join(dataFolder, found), 'utf8')) as { pid: number };
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  process.kill(Number(/PPid:\s+(\d+)/.exec(status)![1]), 'SIGKILL');
  process.kill(pid, 'SIGKILL');
}

describe('a gateway whose services go away', () => {
  let data: string;
  let backend: http.Server;
  let redis: ChildProcess | undefined;
  let identity: ServiceProcess;
  let catalog: ServiceProcess;
  let gateway: ServiceProcess;
  let token = '';
  let startGateway: () => Promise<ServiceProcess>;

  const manage = (path: string, body: object) =>
    fetch(`${catalog.url}${service}${path}?api-version=2024-05-01`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const call = async (path = '/greet/x') => {
    const response = await fetch(`${gateway.url}${path}`, {
      headers: { 'ocp-apim-subscription-key': callerKey },
      signal: AbortSignal.timeout(20_000),
    });
    await response.arrayBuffer();
    return response.status;
  };

  async function startServices(): Promise<void> {
    const identityPort = await freePort();
    identity = await ServiceProcess.start(
      'tools/identity/dist/main.js',
      ['--port', String(identityPort)],
      `http://127.0.0.1:${identityPort}`,
    );
    const catalogPort = await freePort();
    catalog = await ServiceProcess.start(
      'apps/catalog/dist/main.js',
      [
        ...['--port', String(catalogPort), '--management-port', String(await freePort())],
        ...['--data-folder', data, '--issuer', `${identity.url}/${tenant}/v2.0`],
        ...['--tenants', tenant, '--managed-gateway-key', gatewayKey],
        ...['--trace-secret', traceSecret],
      ],
      `http://127.0.0.1:${catalogPort}`,
    );
    const redisPort = await freePort();
    if (redisBinary)
      redis = spawn(
        redisBinary,
        ['--port', String(redisPort), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
        { stdio: 'ignore' },
      );
    startGateway = async () =>
      ServiceProcess.start('apps/gateway/dist/main.js', [
        ...['--port', String(await freePort()), '--management-port', String(await freePort())],
        ...['--catalog-url', catalog.url, '--gateway-key', gatewayKey],
        ...['--backup-folder', join(data, 'gateway'), '--allow-private-backends', 'true'],
        ...['--access-log', 'errors', '--trace-secret', traceSecret],
        ...(redis ? ['--redis-url', `redis://127.0.0.1:${redisPort}`] : []),
      ]);
  }

  async function publish(): Promise<void> {
    const answer = await fetch(`${identity.url}/${tenant}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: '7e57c0de-0000-4000-8000-00000000a002',
        client_secret: 'isthmus-operator-sample-secret',
        scope: 'api://isthmus/.default',
      }),
    });
    token = ((await answer.json()) as { access_token: string }).access_token;
    const { port } = backend.address() as AddressInfo;
    const applied = await manage('/applyResources', {
      resources: [
        {
          id: '/apis/greet',
          properties: {
            displayName: 'Greet',
            path: 'greet',
            protocols: ['http', 'https'],
            serviceUrl: `http://127.0.0.1:${port}`,
          },
        },
        {
          id: '/apis/greet/operations/get',
          properties: { displayName: 'Get', method: 'GET', urlTemplate: '/*' },
        },
        { id: '/apis/greet/policies/policy', properties: { format: 'rawxml', value: policy } },
        {
          id: '/subscriptions/caller',
          properties: {
            displayName: 'Caller',
            scope: '/apis',
            primaryKey: callerKey,
            state: 'active',
          },
        },
      ],
    });
    if (!applied.ok)
      throw new Error(`the catalog answered ${applied.status}: ${await applied.text()}`);
  }

  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 'isthmus-pull-away-'));
    backend = http.createServer((request, response) => {
      request.resume();
      response.end('hello');
    });
    await new Promise<void>((done) => void backend.listen(0, '127.0.0.1', done));
    await startServices();
    await publish();
    gateway = await startGateway();
    for (let index = 0; index < 100 && (await call()) !== 200; index++) await sleep(100);
  }, 120_000);
  afterAll(async () => {
    await Promise.all([gateway?.stop(), catalog?.stop(), identity?.stop()]);
    redis?.kill('SIGKILL');
    backend.close();
    backend.closeAllConnections();
    await rm(data, { recursive: true, force: true });
  }, 60_000);

  it(`loses no call when ${takenAway} are pulled away during load, and starts again without them`, async () => {
    expect(await call()).toBe(200);
    const load = steadyLoad(call, 50, 6);
    await sleep(2500);
    await Promise.all([catalog.kill(), killPostgres(data)]);
    redis?.kill('SIGKILL');
    const statuses = await load;
    expect(statuses).toHaveLength(300);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    await expect(fetch(catalog.url)).rejects.toThrow();
    await gateway.kill();
    gateway = await startGateway();
    expect(new Set(await steadyLoad(call, 20, 1))).toEqual(new Set([200]));
  }, 90_000);
});
