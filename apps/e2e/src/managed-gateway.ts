import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.js';
import { ServiceProcess } from './service-process.js';

const tenant = '7e57c0de-0000-4000-8000-000000000001';
const service =
  '/subscriptions/local/resourceGroups/local/providers/Microsoft.ApiManagement/service/isthmus';
const gatewayKey = 'gateway-key-of-this-test';
const redisBinary = ['/usr/bin/redis-server', '/usr/local/bin/redis-server'].find((one) =>
  existsSync(one),
);

/** Whether a Redis can be started (and taken away again) here. */
export const hasRedis = redisBinary !== undefined;

/** Key of the subscription that may call the API `/greet`. */
export const callerKey = 'caller-key-of-this-test';

/**
 * A catalog with its embedded PostgreSQL, a Redis where there is one, the development identity provider, a backend
 * and a gateway that serves the API `/greet` from the catalog: each its own process, to be taken away one by one.
 */
export class ManagedGateway {
  identity!: ServiceProcess;
  catalog!: ServiceProcess;
  gateway!: ServiceProcess;
  readonly #backend = http.createServer((request, response) => {
    request.resume();
    response.end('hello');
  });
  #data = '';
  #redis: ChildProcess | undefined;
  #redisPort = 0;
  #token = '';

  /** `policy`: document of the API. */
  static async start(policy: string): Promise<ManagedGateway> {
    const started = new ManagedGateway();
    await started.#startServices();
    await started.#publish(policy);
    await started.startGateway();
    for (let index = 0; index < 100 && (await started.call()) !== 200; index++) await sleep(100);
    return started;
  }

  /** Starts the gateway (again), with the kept configurations of the one before. */
  async startGateway(): Promise<void> {
    this.gateway = await ServiceProcess.start('apps/gateway/dist/main.js', [
      ...['--port', String(await freePort()), '--management-port', String(await freePort())],
      ...['--catalog-url', this.catalog.url, '--gateway-key', gatewayKey],
      ...['--backup-folder', join(this.#data, 'gateway'), '--allow-private-backends', 'true'],
      ...['--access-log', 'errors', '--trace-secret', 'trace-secret-of-this-test'],
      ...(this.#redis ? ['--redis-url', `redis://127.0.0.1:${this.#redisPort}`] : []),
    ]);
  }

  /** A bearer token for the management API. */
  get operatorToken(): string {
    return this.#token;
  }

  /** The status of a call with the caller's key. */
  async call(path = '/greet/x'): Promise<number> {
    const response = await fetch(`${this.gateway.url}${path}`, {
      headers: { 'ocp-apim-subscription-key': callerKey },
      signal: AbortSignal.timeout(20_000),
    });
    await response.arrayBuffer();
    return response.status;
  }

  /** POSTs to the management API as operator. @throws Error with the answer when it is no success */
  async manage(path: string, body: object): Promise<Response> {
    const response = await fetch(`${this.catalog.url}${service}${path}?api-version=2024-05-01`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (response.ok) return response;
    throw new Error(`the catalog answered ${response.status}: ${await response.text()}`);
  }

  /** Kills catalog, PostgreSQL and Redis without warning. */
  async pullAway(): Promise<void> {
    await Promise.all([this.catalog.kill(), this.#killPostgres()]);
    this.#redis?.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    await Promise.all([this.gateway?.stop(), this.catalog?.stop(), this.identity?.stop()]);
    this.#redis?.kill('SIGKILL');
    this.#backend.close();
    this.#backend.closeAllConnections();
    await rm(this.#data, { recursive: true, force: true });
  }

  async #startServices(): Promise<void> {
    this.#data = await mkdtemp(join(tmpdir(), 'isthmus-managed-'));
    await new Promise<void>((done) => void this.#backend.listen(0, '127.0.0.1', done));
    const identityPort = await freePort();
    this.identity = await ServiceProcess.start(
      'tools/identity/dist/main.js',
      ['--port', String(identityPort)],
      `http://127.0.0.1:${identityPort}`,
    );
    const catalogPort = await freePort();
    this.catalog = await ServiceProcess.start(
      'apps/catalog/dist/main.js',
      [
        ...['--port', String(catalogPort), '--management-port', String(await freePort())],
        ...['--data-folder', this.#data, '--issuer', `${this.identity.url}/${tenant}/v2.0`],
        ...['--tenants', tenant, '--managed-gateway-key', gatewayKey],
        ...['--trace-secret', 'trace-secret-of-this-test'],
      ],
      `http://127.0.0.1:${catalogPort}`,
    );
    if (redisBinary === undefined) return;
    this.#redisPort = await freePort();
    this.#redis = spawn(
      redisBinary,
      ['--port', String(this.#redisPort), '--bind', '127.0.0.1', '--save', ''],
      { stdio: 'ignore' },
    );
  }

  async #publish(policy: string): Promise<void> {
    const answer = await fetch(`${this.identity.url}/${tenant}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: '7e57c0de-0000-4000-8000-00000000a002',
        client_secret: 'isthmus-operator-sample-secret',
        scope: 'api://isthmus/.default',
      }),
    });
    this.#token = ((await answer.json()) as { access_token: string }).access_token;
    const { port } = this.#backend.address() as AddressInfo;
    const api = {
      displayName: 'Greet',
      path: 'greet',
      protocols: ['http', 'https'],
      serviceUrl: `http://127.0.0.1:${port}`,
    };
    const caller = {
      displayName: 'Caller',
      scope: '/apis',
      primaryKey: callerKey,
      state: 'active',
    };
    await this.manage('/applyResources', {
      resources: [
        { id: '/apis/greet', properties: api },
        {
          id: '/apis/greet/operations/get',
          properties: { displayName: 'Get', method: 'GET', urlTemplate: '/*' },
        },
        { id: '/apis/greet/policies/policy', properties: { format: 'rawxml', value: policy } },
        { id: '/subscriptions/caller', properties: caller },
      ],
    });
  }

  /** The keeper of the embedded server goes first, because it would start the server again. */
  async #killPostgres(): Promise<void> {
    const found = (await readdir(this.#data, { recursive: true })).find((one) =>
      one.endsWith('server.json'),
    );
    if (found === undefined) throw new Error('there is no PostgreSQL in the data folder');
    const text = await readFile(join(this.#data, found), 'utf8');
    const { pid } = JSON.parse(text) as { pid: number };
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    process.kill(Number(/PPid:\s+(\d+)/.exec(status)![1]), 'SIGKILL');
    process.kill(pid, 'SIGKILL');
  }
}
